"""What holds of something that is watched: scripts, movements, whom it met, who lists it, who speaks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from qaif.analysis.activity.periods import number_of
from qaif.analysis.clusters.figures import rows_of
from qaif.analysis.flows.contacts import UNSOLICITED, Contacts, paid_in, paid_out
from qaif.analysis.flows.parties import Parties
from qaif.analysis.transfers import totals
from qaif.chain.addresses import address_of, parse_address
from qaif.chain.open import Chain
from qaif.errors import AddressError
from qaif.evidence.claims.gather import gather
from qaif.questions.answer import Layer
from qaif.questions.clustering import Opened
from qaif.questions.named_parties import names_said
from qaif.questions.screening_lists import ListsAsked
from qaif.questions.trace_labels import claimed
from qaif.records.engine import Records
from qaif.records.watches import Watch
from qaif.screening.facts import Listing
from qaif.screening.policy import ANY
from qaif.units import UNKNOWN, Int64s, hash_hex, hash_raw, utc_day, utc_text

MOST_SCRIPTS = 2_000  # of a cluster or an entity: of whom lists and sources are asked
LISTED = "listed"  # stands among categories for whoever is on an official list
_DAY = 86_400
_ADDRESSED = ("publicKey", "cryptoAddress", "subject")  # what is no address there is in no chain


@dataclass(frozen=True)
class Sign:
    """Something that is an alert if it was not known before; see `Alert`."""

    kind: str
    key: str
    about: str
    said: str
    layer: Layer
    link: Mapping[str, object]


@dataclass(frozen=True)
class Ground:
    """What watches are looked at in: records, lists, and the chain with its clusters where it can be read."""

    records: Records
    lists: ListsAsked
    chain: Chain | None
    clusters: Callable[[], Opened]


class Watched:
    """Something that is watched, as it stands now.

    Args:
        ground: where it is looked at.
        watch: what.
    """

    def __init__(self, ground: Ground, watch: Watch) -> None:
        self._ground, self.watch = ground, watch

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that sources and lists are asked about; of an entity those that sources give it."""
        watch, chain = self.watch, self._ground.chain
        if watch.kind == "address" or (watch.kind == "cluster" and chain is None):
            return (watch.subject,)
        if watch.kind == "entity":
            return self._of_entity()
        assert chain is not None  # noqa: S101  looked at above
        raw = [chain.script_raw(num) for num in self.scripts[:MOST_SCRIPTS].tolist()]
        found = [address_of(each, chain.network) for each in raw]
        return tuple(dict.fromkeys([watch.subject, *(each for each in found if each)]))

    def _of_entity(self) -> tuple[str, ...]:
        found = gather(self._ground.records, self.watch.subject)
        said = [
            value.value
            for entity in (*found.entities, *found.links)
            for prop in _ADDRESSED
            for value in entity.values(prop)
        ]
        return tuple(dict.fromkeys(said))[:MOST_SCRIPTS]

    @cached_property
    def scripts(self) -> Int64s:
        """Its scripts in the chain, ascending; none where nothing of it is held."""
        chain = self._ground.chain
        if chain is None:
            return np.zeros(0, dtype=np.int64)
        named = (self.watch.subject,) if self.watch.kind == "cluster" else self.addresses
        nums = sorted({num for each in named if (num := _number(chain, each)) != UNKNOWN})
        if self.watch.kind != "cluster" or not nums:
            return np.array(nums, dtype=np.int64)
        return self._ground.clusters().forest.members(nums[0], chain.n_txs)

    @cached_property
    def rows(self) -> tuple[Int64s, Int64s]:
        """Its inputs and outputs, ascending."""
        none = np.zeros(0, dtype=np.int64)
        return (none, none) if self._ground.chain is None else rows_of(self._ground.chain, self.scripts)

    @property
    def layer(self) -> Layer:
        """On what it rests that a movement is one of its."""
        kinds: dict[str, Layer] = {"address": "fact", "cluster": "inference", "entity": "claim"}
        return kinds[self.watch.kind]

    def movements(self, first_tx: int) -> Iterator[Sign]:
        """Its transactions from one on, of the watch's amount at least, with what came in and went out."""
        chain = self._ground.chain
        if chain is None:
            return
        ins, outs = self.rows
        in_tx, out_tx = chain.tx_of_in(ins), chain.tx_of_out(outs)
        ins, outs = ins[in_tx >= first_tx], outs[out_tx >= first_tx]
        in_tx, out_tx = in_tx[in_tx >= first_tx], out_tx[out_tx >= first_tx]
        txs = np.union1d(in_tx, out_tx)
        spent = np.maximum(chain.txin.value_sat.take(ins).astype(np.int64), 0)
        paid = chain.txout.value_sat.take(outs).astype(np.int64)
        went = totals(np.searchsorted(txs, in_tx), spent, len(txs))
        came = totals(np.searchsorted(txs, out_tx), paid, len(txs))
        open_ = set(in_tx[chain.txin.value_sat.take(ins) == UNKNOWN].tolist())
        for tx, out_sat, in_sat in zip(txs.tolist(), went.tolist(), came.tolist(), strict=True):
            if max(out_sat, in_sat) >= self.watch.least_sat or tx in open_:
                yield self._movement(chain, tx, (in_sat, out_sat), lower=tx in open_)

    def _movement(self, chain: Chain, tx: int, moved: tuple[int, int], *, lower: bool) -> Sign:
        txid, block = hash_hex(chain.tx.txid_raw.take(tx)[0].tobytes()), self._block(chain, tx)
        said = f"{self.named} received {moved[0]:,} and spent {moved[1]:,} satoshi"
        said += " at least" * lower + f" in {txid}, in the block of {block['time']}."
        amounts = {"received_sat": moved[0], "spent_sat": moved[1], "lower_bound": lower}
        return Sign(
            "movement", txid, self.watch.subject, said, self.layer, {"txid": txid, **block, **amounts}
        )

    @property
    def named(self) -> str:
        """How it is spoken of."""
        kinds = {"address": "", "cluster": "The cluster of ", "entity": "Addresses said to be of "}
        return f"{kinds[self.watch.kind]}{self.watch.subject}"

    def _block(self, chain: Chain, tx: int) -> dict[str, str]:
        block = int(chain.block_of_tx(np.array([tx], dtype=np.int64))[0])
        time = utc_text(int(chain.block.time.take(np.array([block]))[0]))
        return {"block": hash_hex(chain.block.hash_raw.take(block)[0].tobytes()), "time": time}

    def contacts(self) -> Iterator[Sign]:
        """Whom it dealt with directly that is of a category asked for; once for each address and direction.

        Unsolicited dust, and transactions in which several parties paid, are no contact.
        """
        chain = self._ground.chain
        if chain is None or not self.watch.categories or not len(self.scripts):
            return
        ins, outs = self.rows
        parties = Parties(chain)
        came = paid_in(parties, self.scripts, outs, UNSOLICITED)
        went = paid_out(parties, self.scripts, ins)
        for found, alone in ((came, 1), (went, 0)):
            sure = (found.others <= alone) & (found.script_num >= 0)
            sure &= ~np.isin(found.script_num, self.scripts)
            yield from self._met(chain, found, np.flatnonzero(sure))

    def _met(self, chain: Chain, found: Contacts, rows: Int64s) -> Iterator[Sign]:
        way = "in" if found.incoming else "out"
        for raw, _ in claimed(chain, self._ground.records, np.unique(found.script_num[rows])):
            address = address_of(raw, chain.network) or ""
            said_of, kinds = self._kinds(address)
            if not kinds:
                continue
            theirs = rows[found.script_num[rows] == chain.script_num(raw)]
            txid = hash_hex(chain.tx.txid_raw.take(int(found.tx_num[theirs[0]]))[0].tobytes())
            amount = int(found.amount_sat[theirs].sum())
            verb = "was paid by" if found.incoming else "paid"
            said = (
                f"{self.named} {verb} {address} ({said_of}), which sources call {', '.join(kinds)}: "
                f"{amount:,} satoshi, first in {txid}."
            )
            link = {"txid": txid, "address": address, "direction": way, "amount_sat": amount}
            yield Sign("contact", f"{way}|{address}", address, said, "claim", {**link, "categories": kinds})

    def _kinds(self, address: str) -> tuple[str, list[str]]:
        """The name of an address, and which of its categories are asked for."""
        named = names_said(self._ground.records, address)
        kinds = [*named.categories, *([LISTED] if self._ground.lists.listings(address) else [])]
        asked = self.watch.categories
        wanted = [each for each in dict.fromkeys(kinds) if ANY in asked or each in asked]
        return (named.entities or (address,))[0], wanted

    def listings(self) -> Iterator[Sign]:
        """Every listing of it or of its addresses."""
        about = dict.fromkeys((self.watch.subject, *self.addresses))
        for subject in about:
            for each in self._ground.lists.listings(subject):
                yield Sign(
                    "listing",
                    f"{each.list}|{'+'.join(sorted(each.entity_ids))}|{each.since}",
                    subject,
                    self._listed(subject, each),
                    "claim",
                    {"list": each.list, "address": subject, "statements": list(each.statement_ids)},
                )

    def _listed(self, subject: str, one: Listing) -> str:
        who = f" as {one.names[0]}" if one.names else ""
        since = f" since {one.since}" if one.since else ", since when is not said"
        return f"{subject} stands on {one.list} ({one.jurisdiction}){who}{since}."

    def sources(self) -> tuple[str, ...]:
        """Who speaks of it and has not taken it back: list or pack, and by whose word."""
        keys = tuple(dict.fromkeys((self.watch.subject, *self.addresses)))
        statements = self._ground.records.statements
        rows = [*statements.by_keys(keys), *statements.of_entities(keys)]
        said = {(row.statement.assertion.dataset, row.statement.assertion.asserted_by) for row in rows}
        return tuple(sorted(f"{by} ({dataset})" if dataset else by for dataset, by in said))

    def known_until(self) -> date:
        """The day of the last block that was known when it began to be watched and that still stands."""
        chain = self._ground.chain
        block = -1 if chain is None else last_known(chain, self.watch.locator)
        return date.min if chain is None or block < 0 else utc_day(chain.block.time.one(block))

    def weeks(self, until_day: int) -> tuple[int, Int64s] | None:
        """Its transactions by week, from its first week to that of a day; None where it has none by then."""
        chain = self._ground.chain
        if chain is None:
            return None
        ins, outs = self.rows
        txs = np.union1d(chain.tx_of_in(ins), chain.tx_of_out(outs))
        days = chain.block.time.take(chain.block_of_tx(txs)).astype(np.int64) // _DAY
        week = number_of(days[days <= until_day], "week")
        if not len(week):
            return None
        first, last = int(week.min()), int(number_of(np.array([until_day], dtype=np.int64), "week")[0])
        return first, np.bincount(week - first, minlength=last - first + 1).astype(np.int64)


def _number(chain: Chain, address: str) -> int:
    try:
        return chain.script_num(parse_address(address, chain.network).script_raw)
    except AddressError:
        return UNKNOWN


def locator(chain: Chain | None) -> tuple[str, ...]:
    """Hashes of blocks, the tip's first, ever wider apart, by which a later chain finds where it left."""
    if chain is None or not chain.n_blocks:
        return ()
    places = [chain.n_blocks - 1]
    while places[-1] > 0:
        places.append(max(0, places[-1] - 2 ** max(0, len(places) - 6)))
    return tuple(hash_hex(chain.block.hash_raw.take(each)[0].tobytes()) for each in places)


def last_known(chain: Chain, known: Sequence[str]) -> int:
    """The last block of a locator that is still in the chain; -1 where none is."""
    blocks = (chain.block_num_of_hash(hash_raw(each)) for each in known)
    return next((block for block in blocks if block != UNKNOWN), -1)


def first_new_tx(chain: Chain, known: Sequence[str]) -> int:
    """The first transaction after the last block of a locator that is still in the chain."""
    return int(chain.block.tx_lo.one(last_known(chain, known) + 1))
