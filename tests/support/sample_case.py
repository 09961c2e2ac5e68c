"""A small investigation made by hand, with hostile text wherever a text can stand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from qaif.analysis.fiat import FiatTotals
from qaif.evidence.mention import Mention, NearMiss, Redaction
from qaif.questions.address import Relative
from qaif.questions.address_rows import AddressTransaction, Side
from qaif.questions.answer import AsOf, CoverageOf
from qaif.questions.investigation import FoundAddress, Investigation, SourceDocument
from qaif.questions.review import ReviewAnswer, ReviewedAddress
from qaif.questions.review_parts import (
    CounterpartiesShown,
    Counterparty,
    Fiat,
    LargestTransfer,
    MonthRow,
)
from qaif.questions.shown import TxRef

ADDRESS = "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq"
SCRIPT = "76a914d6ba1694704b6933ae1768baeb8b44dd10de33aa88ac"
HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=y>"
AS_OF = AsOf(450_000, "00" * 32, "2017-01-25T22:11:29Z", "linked to genesis")
FIRST = TxRef("a1" * 32, "00" * 32, 449_000, "2016-12-31T23:00:00Z")
LAST = TxRef("b2" * 32, "00" * 32, 450_000, "2017-02-25T22:11:29Z")
METHOD = {
    "id": "spender-script",
    "version": 1,
    "sentence": "It follows.",
    "measured": "0 of 100.",
    "limits": "x",
}


def transaction(ref: TxRef, **changes: Any) -> AddressTransaction:
    """A row: 0.5 BTC received."""
    row = AddressTransaction(
        txid_hex=ref.txid,
        block_hash_hex=ref.block_hash,
        height=ref.height,
        time=ref.time,
        received_sat=50_000_000,
        sent_sat=0,
        sent_at_least_sat=0,
        net_sat=50_000_000,
        returned_sat=0,
        inputs=0,
        outputs=1,
        inputs_unknown_value=0,
        inputs_unknown_script=0,
        layer="fact",
        basis="Held.",
        paid_by=(Side(0, None, "unknown", None, "fact"),),
        paid_by_count=1,
    )
    return replace(row, **changes)


def review(**changes: Any) -> ReviewAnswer:
    """A review: one gift, one payment."""
    money = FiatTotals(Decimal("1.00"), Decimal("1.00"), Decimal(1), Decimal(1), Decimal("1234567.89"), None)
    none = FiatTotals(None, None, None, None, None, "HOSTILE has no price for 2017-02-25.")
    them = Counterparty(
        "script", None, "nonstandard", "51", "fact", 1, 1, 50_000_000, 0, 1, 50_000_000, 0, FIRST, FIRST
    )
    unknown = replace(them, kind="unknown", script_type=None, script_hex=None, layer="inference")
    answer = ReviewAnswer(
        layer="inference",
        basis={"methods": [METHOD]},
        as_of=AS_OF,
        coverage=CoverageOf(complete=True),
        address=ADDRESS,
        script_type="pubkeyhash",
        addresses=(ReviewedAddress(ADDRESS, "pubkeyhash", SCRIPT, seen=True),),
        occurrence="seen",
        tx_count=2,
        received_sat=50_000_000,
        sent_sat=50_000_000,
        sent_at_least_sat=50_000_000,
        balance_sat=0,
        turnover_sat=100_000_000,
        net_received_sat=50_000_000,
        net_sent_sat=50_000_000,
        unspendable_sat=0,
        lower_bound=False,
        inputs_unknown_value=0,
        first_seen=FIRST,
        last_seen=LAST,
        active_days=2,
        years_active=Decimal("0.15"),
        by_month=(
            MonthRow("2016-12", 1, 1, 0, 50_000_000, 0, 0, 50_000_000, 0, 0),
            MonthRow("2017-01", 0, 0, 0, 0, 0, 0, 0, 0, 0),
            MonthRow("2017-02", 1, 0, 1, 0, 50_000_000, 50_000_000, 0, 50_000_000, 0),
        ),
        largest=(
            LargestTransfer(
                **vars(FIRST),
                direction="in",
                amount_sat=50_000_000,
                lower_bound=False,
                inputs_unknown_script=0,
            ),
        ),
        counterparties=CounterpartiesShown((them,), (unknown,), 1, 1),
        fiat=Fiat("USD", HOSTILE, money, date(2017, 2, 25), none),
    )
    return replace(answer, **changes)


def found(**changes: Any) -> FoundAddress:
    """The address, mentioned once in an Arabic sentence."""
    mention = Mention(
        ADDRESS,
        7,
        41,
        ADDRESS,
        f"عنوان المحفظة {HOSTILE} (",
        ") hxxps://one[.]example",
        "text",
        uri=False,
        steps=(),
    )
    spent = transaction(
        LAST,
        received_sat=0,
        sent_sat=50_000_000,
        sent_at_least_sat=50_000_000,
        net_sat=-50_000_000,
        inputs=1,
        outputs=0,
        layer="inference",
        basis="It follows from the key.",
        paid_to=(Side(0, "39XF27N7f7HeWUki4BPFUKBpnL5S4mZaxj", "scripthash", 49_990_000, "fact"),),
        paid_to_count=3,
    )
    kin = Relative(None, "pubkey", "21" + "02" * 33 + "ac", "the same key", "if so", "inference", seen=None)
    address = FoundAddress(
        address=ADDRESS,
        script_type="pubkeyhash",
        script_hex=SCRIPT,
        mentions=(mention,),
        review=review(),
        review_missing="",
        transactions=(transaction(FIRST), spent),
        transactions_left_out=0,
        same_key=(kin,),
    )
    return replace(address, **changes)


def investigation(**changes: Any) -> Investigation:
    """The whole case."""
    document = SourceDocument(
        sha256_hex="cd" * 32,
        name=f"article {HOSTILE}.txt",
        taken_from="/tmp/article.txt",  # noqa: S108  a name, no file
        taken_at="2020-01-20T10:00:00Z",
        tool="qaif 0",
        kind="text",
        media_type="text/plain",
        reader="text 1",
        text_sha256_hex="ef" * 32,
        encoding="utf-8",
        encoding_basis="valid as UTF-8",
        n_bytes=3000,
        n_characters=2000,
        links=("hxxps://one[.]example/a",),
        redactions=(Redaction(1, 52, "WIF"),),
        limits=("The last page was not searched.",),
        notes=(f"Page two {HOSTILE} is a picture.",),
    )
    miss = NearMiss(
        "1LaNXgq2",
        100,
        134,
        HOSTILE,
        "hidden",
        "checksum",
        "Its checksum fails.",
        (),
        (ADDRESS,),
        ("3 letters",),
    )
    case = Investigation(
        layer="inference",
        basis={"methods": [METHOD]},
        as_of=AS_OF,
        coverage=CoverageOf(complete=True),
        subject=document.name,
        network="mainnet",
        simulated=False,
        document=document,
        addresses=(found(),),
        near_misses=(miss,),
        tool="qaif 0",
    )
    return replace(case, **changes)
