"""An explorer that lies: each lie is refused or only believed as its word, and nothing wrong is kept."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from oracle.blockmaker import BITS, Branch, double, seeded
from qaif.errors import SourceError, SourceShapeError
from qaif.feeds.explorer import Listed, Place, Stand
from support.economy import Economy, script
from support.explorer import ChainExplorer, ResumingExplorer
from support.gathering import answered, digests, figures, gathered, nothing_wrong, whole_chain

ME = 1
pytestmark = pytest.mark.usefixtures("in_haste")


@pytest.fixture(scope="module")
def economy() -> Economy:
    return Economy.of(3, 40)


class Liar(ChainExplorer):
    """Tells the truth but for one thing, at its n-th time."""

    lies_at = 3

    def __init__(self, economy: Economy) -> None:
        self._turn = 0
        super().__init__(economy.blocks)

    def my_turn(self) -> bool:
        self._turn += 1
        return self._turn == self.lies_at


class WrongBytes(Liar):
    def raw(self, txid: bytes) -> bytes:
        raw = super().raw(txid)
        return raw[:-5] + bytes([raw[-5] ^ 1]) + raw[-4:] if self.my_turn() else raw


class AnotherTransaction(Liar):
    def raw(self, txid: bytes) -> bytes:
        return self.blocks[1].txs[0].raw if self.my_turn() else super().raw(txid)


class CutTransaction(Liar):
    def raw(self, txid: bytes) -> bytes:
        return super().raw(txid)[:-1] if self.my_turn() else super().raw(txid)


class TooFew(Liar):
    def transactions(self, txids_raw: Sequence[bytes]) -> Iterator[bytes]:
        yield from super().transactions(txids_raw[: -1 if self.my_turn() or len(txids_raw) > 2 else None])


class OtherOrder(Liar):
    def transactions(self, txids_raw: Sequence[bytes]) -> Iterator[bytes]:
        yield from super().transactions(txids_raw[::-1])


class WrongBranch(Liar):
    def place(self, listed: Listed) -> Place:
        place = super().place(listed)
        branch = place.branch_raw or ()
        return place._replace(branch_raw=(*branch[:-1], double(b"no"))) if self.my_turn() else place


class WrongPosition(Liar):
    def place(self, listed: Listed) -> Place:
        place = super().place(listed)
        return place._replace(position=(place.position or 0) ^ 1)


class HeightOfAnother(Liar):
    """The place, not the listing, names another height."""

    def place(self, listed: Listed) -> Place:
        place = super().place(listed)
        return place._replace(height=place.height + 1) if self.my_turn() else place


class ListedElsewhere(Liar):
    """Listing and place agree on a wrong height; the branch gives it away."""

    def listing(self, script_raw: bytes) -> list[Listed]:
        return [
            Listed(one.txid_raw, None if one.height is None else one.height - 1)
            for one in super().listing(script_raw)
        ]

    def place(self, listed: Listed) -> Place:
        return super().place(listed)._replace(height=listed.height or 0)


class OtherBlockHash(Liar):
    def listing(self, script_raw: bytes) -> list[Listed]:
        return [one._replace(block_hash_raw=self.blocks[2].hash) for one in super().listing(script_raw)]


class ListedTooHigh(Liar):
    def listing(self, script_raw: bytes) -> list[Listed]:
        return [one._replace(height=2**40) for one in super().listing(script_raw)]


class ListedBelowNothing(Liar):
    def listing(self, script_raw: bytes) -> list[Listed]:
        return [one._replace(height=-1) for one in super().listing(script_raw)]


class ShortIds(Liar):
    def listing(self, script_raw: bytes) -> list[Listed]:
        return [one._replace(txid_raw=one.txid_raw[:31]) for one in super().listing(script_raw)]


class TipTooHigh(Liar):
    def stand(self) -> Stand:
        return super().stand()._replace(height=2**40)

    def headers(self, first: int, count: int) -> list[bytes]:
        return super().headers(min(first, len(self.blocks) - 1), count)


class CountsTooMany(Liar):
    def count(self, script_raw: bytes) -> int | None:
        return (super().count(script_raw) or 0) + 2**64


class ShiftedHeaders(Liar):
    """Every header is told for the height after its own."""

    def headers(self, first: int, count: int) -> list[bytes]:
        return super().headers(max(first - 1, 0), count)


class WrongTip(Liar):
    def stand(self) -> Stand:
        return super().stand()._replace(hash_raw=self.blocks[7].hash)


class NoWork(Liar):
    """A header with the right root, and a hash that is no work: its nonce is another."""

    def headers(self, first: int, count: int) -> list[bytes]:
        out = []
        for raw in super().headers(first, count):
            nonce = 0
            while int.from_bytes(double(raw[:76] + nonce.to_bytes(4, "little")), "little") >> 255 == 0:
                nonce += 1
            out.append(raw[:76] + nonce.to_bytes(4, "little"))
        return out


class NoHeader(Liar):
    def headers(self, first: int, count: int) -> list[bytes]:
        return [] if self.my_turn() else super().headers(first, count)


class ShortHeader(Liar):
    def headers(self, first: int, count: int) -> list[bytes]:
        return [raw[:-1] for raw in super().headers(first, count)]


class EasyTarget(Liar):
    """A header whose bits allow more than the network does."""

    def headers(self, first: int, count: int) -> list[bytes]:
        easy = (BITS + (1 << 24)).to_bytes(4, "little")
        return [raw[:72] + easy + raw[76:] for raw in super().headers(first, count)]


REFUSED = (
    WrongBytes, AnotherTransaction, CutTransaction, TooFew, OtherOrder, WrongBranch, WrongPosition,
    HeightOfAnother, ListedElsewhere, OtherBlockHash, ListedTooHigh, ListedBelowNothing, ShortIds, TipTooHigh,
    CountsTooMany, ShiftedHeaders, WrongTip, NoWork, NoHeader,
    ShortHeader, EasyTarget,
)  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED, ids=lambda kind: kind.__name__)
def test_a_lie_is_refused_and_the_truth_still_gathers(
    economy: Economy, tmp_path: Path, kind: Callable[[Economy], Liar]
) -> None:
    with pytest.raises(SourceShapeError):
        gathered(tmp_path / "w", [ME], kind(economy))
    honest = ChainExplorer(economy.blocks)
    nothing_wrong(tmp_path / "w", honest)
    gathered(tmp_path / "w", [ME], honest)
    gathered(tmp_path / "honest", [ME], honest)
    assert digests(tmp_path / "w") == digests(tmp_path / "honest")
    assert answered(tmp_path / "w", ME)["coverage"]["complete"]


class Invents(Liar, ResumingExplorer):
    """Lists a transaction that is not there, until it is mended; says so, or breaks the line when asked."""

    answers, mended = True, False

    def listing(self, script_raw: bytes) -> list[Listed]:
        found = super().listing(script_raw)
        return found if self.mended else [*found[:4], found[4]._replace(txid_raw=b"\x07" * 32), *found[4:]]

    def count(self, script_raw: bytes) -> int | None:
        return len(self.listing(script_raw))

    def raw(self, txid: bytes) -> bytes:
        if txid not in self.txs:
            status = 404 if self.answers else None
            raise SourceError("Not here.", way_out="Run it again.", status=status)
        return super().raw(txid)


@pytest.mark.parametrize("answers", [True, False])
def test_a_listed_transaction_that_is_not_there_does_not_stay(
    economy: Economy, tmp_path: Path, *, answers: bool
) -> None:
    """The listing is gone on with first; then it is made again."""
    source = Invents(economy)
    source.answers = answers
    for _ in range(2):
        with pytest.raises(SourceError, match="Not here"):
            gathered(tmp_path / "w", [ME], source)
        source.mended = True
    why = answered(tmp_path / "w", ME)["coverage"]["scripts"][0]["why"]
    assert why == "something that it lists could not be had or was refuted: Not here."
    gathered(tmp_path / "w", [ME], source)
    gathered(tmp_path / "honest", [ME], ChainExplorer(economy.blocks))
    assert digests(tmp_path / "w") == digests(tmp_path / "honest")
    assert answered(tmp_path / "w", ME)["coverage"]["complete"]


class Hides(Liar):
    """Leaves a transaction out of the pages, but counts it."""

    def listing(self, script_raw: bytes) -> list[Listed]:
        found = super().listing(script_raw)
        return found[:4] + found[5:]


def test_a_source_that_lists_fewer_than_it_counts(economy: Economy, tmp_path: Path) -> None:
    gathered(tmp_path / "w", [ME], Hides(economy))
    coverage = answered(tmp_path / "w", ME)["coverage"]
    assert not coverage["complete"]
    assert "and lists" in coverage["scripts"][0]["why"]


class HidesQuietly(Hides):
    def count(self, script_raw: bytes) -> int | None:
        return len(self.listing(script_raw))


def test_what_is_held_shows_that_something_was_left_out(economy: Economy, tmp_path: Path) -> None:
    """Nothing of the one script alone tells; the other end of the transaction does."""
    liar = HidesQuietly(economy)
    hidden = ChainExplorer(economy.blocks).listing(script(ME))[4].txid_raw
    others = [one for one in range(8) if one != ME and hidden in liar.of_script[script(one)]]
    gathered(tmp_path / "w", [ME], liar)
    told = answered(tmp_path / "w", ME)["coverage"]
    seen_anyway = not told["complete"]  # a later spend can show it already
    gathered(tmp_path / "w", others, ChainExplorer(economy.blocks), source="esplora:http://honest")
    coverage = answered(tmp_path / "w", ME)["coverage"]
    assert others or seen_anyway
    assert not coverage["complete"]
    assert "left something out" in coverage["scripts"][0]["why"]


class OldestFirst(Liar):
    def listing(self, script_raw: bytes) -> list[Listed]:
        return super().listing(script_raw)[::-1]


def test_pages_in_another_order_lose_nothing(economy: Economy, tmp_path: Path) -> None:
    explorer = OldestFirst(economy)
    explorer.take(economy.blocks[:30])
    gathered(tmp_path / "w", [ME], explorer)
    explorer.take(economy.blocks)
    gathered(tmp_path / "w", [ME], explorer)
    whole = whole_chain(tmp_path / "whole", economy)
    assert figures(answered(tmp_path / "w", ME)) == figures(answered(whole, ME))
    assert answered(tmp_path / "w", ME)["coverage"]["complete"]


class Inventor(ChainExplorer):
    """Claims a transaction that spends a coin once more, without proof."""

    def __init__(self, economy: Economy) -> None:
        from oracle.blockmaker import make_tx, spent

        super().__init__(economy.blocks, proofs=False)
        real = next(tx for b in economy.blocks[10:] for tx in b.txs[1:] if script(ME) in self.scripts(tx))
        self.real, self.forged = real, make_tx([spent(real)[0]], [(1, script(ME))])
        self.txs[self.forged.txid] = (self.txs[real.txid][0], 99, self.forged)
        self.of_script[script(ME)].append(self.forged.txid)


def test_a_second_spend_is_left_out(economy: Economy, tmp_path: Path) -> None:
    """Where nothing is proven both are left out; a proof of one lets it stand."""
    inventor = Inventor(economy)
    gathered(tmp_path / "w", [ME], inventor)
    coverage = answered(tmp_path / "w", ME)["coverage"]
    assert not coverage["complete"]
    assert sum("as another does; it is left out" in reason for reason in coverage["reasons"]) == 2
    gathered(tmp_path / "w", [ME], ChainExplorer(economy.blocks), source="esplora:http://honest")
    reasons = answered(tmp_path / "w", ME)["coverage"]["reasons"]
    assert sum("as another does; it is left out" in reason for reason in reasons) == 1
    whole = whole_chain(tmp_path / "whole", economy)
    assert answered(tmp_path / "w", ME)["received_sat"] == answered(whole, ME)["received_sat"]


def test_a_claim_of_another_chain_without_work_of_its_own(economy: Economy, tmp_path: Path) -> None:
    """Headers that do not build on one another where both are held: asked again, then refused."""
    other = Branch(seeded(5)).grow(40).blocks

    class Mixed(ChainExplorer):
        def headers(self, first: int, count: int) -> list[bytes]:
            chain = other if first % 2 else self.blocks
            self._heard("headers", (first, count))
            return [chain[at].raw[:80] for at in range(first, min(first + count, 41))]

    with pytest.raises(SourceShapeError):
        gathered(tmp_path / "w", [0, ME, 2], Mixed(economy.blocks))
