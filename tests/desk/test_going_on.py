"""Stopped, killed, limited, run again: gathering goes on, and asks only for what is not held."""

import shutil
import time
from pathlib import Path

import pytest

from oracle.blockmaker import Branch, make_tx, seeded
from qaif.chain.appendlog import AppendLog
from qaif.desk.gathering import Limits
from qaif.errors import (
    SourceError,
    StoreDamagedError,
)
from qaif.feeds.explorer import Listed, Place
from qaif.feeds.told import Telling, ToldTx, encoded
from qaif.questions.check import check
from qaif.questions.index import index_block_files
from support.economy import PEOPLE, Economy, script
from support.explorer import ChainExplorer, ResumingExplorer
from support.gathering import (
    NOW,
    SOURCE,
    answered,
    digests,
    figures,
    gathered,
    state_of,
)
from support.recording import Killed, Recorder, calling

pytestmark = pytest.mark.usefixtures("in_haste")


class Breaking(ResumingExplorer):
    """Another, whose line breaks at a place."""

    def __init__(self, other: ChainExplorer, at_place: int) -> None:
        super().__init__(other.blocks, page=other.page)
        self.asked, self.left = other.asked, at_place

    def place(self, listed: Listed) -> Place:
        self.left -= 1
        if not self.left:
            raise SourceError("The line broke.", way_out="Run it again.")
        return super().place(listed)


def test_a_stop_at_any_call_resumes(economy: Economy, tmp_path: Path) -> None:
    """The line breaks at each call in turn; each run goes on, and no transaction or place is asked twice."""
    blocks = economy.blocks[:25]
    explorer = ResumingExplorer(blocks, page=3)
    fewest = ResumingExplorer(blocks, page=3)
    gathered(tmp_path / "once", [1], fewest)
    for broken in range(200):
        explorer.fail_at = explorer.asked.count() + 12 + broken % 7
        try:
            gathered(tmp_path / "w", [1], explorer)
        except SourceError:
            continue
        break
    assert broken > 3
    assert digests(tmp_path / "w") == digests(tmp_path / "once")
    for name in ("transaction", "place"):
        asked = explorer.asked.calls[name]
        assert set(asked) == set(fewest.asked.calls[name])
        assert len(asked) == len(set(asked))
    assert answered(tmp_path / "w", 1) == answered(tmp_path / "once", 1)


@pytest.mark.parametrize("kind", [ChainExplorer, ResumingExplorer])
def test_one_break_at_each_step_ends_in_the_same_case(
    economy: Economy, tmp_path: Path, kind: type[ChainExplorer]
) -> None:
    blocks = economy.blocks[:12]
    plain = kind(blocks, page=2)
    gathered(tmp_path / "once", [1, 3], plain)
    expected = digests(tmp_path / "once")
    for step in range(0, plain.asked.count(), 3):
        explorer = kind(blocks, page=2)
        explorer.fail_at = step
        folder = tmp_path / str(step)
        with pytest.raises(SourceError, match="The line broke"):
            gathered(folder, [1, 3], explorer)
        gathered(folder, [1, 3], explorer)
        assert digests(folder) == expected, step


def test_what_was_listed_to_its_end_is_not_listed_again(economy: Economy, tmp_path: Path) -> None:
    """The line breaks at each place in turn, after the listing: the newest page alone is asked for again."""
    explorer = ResumingExplorer(economy.blocks, page=5)
    pages = -(-len(explorer.of_script[script(1)]) // 5)
    for _ in range(6):
        with pytest.raises(SourceError, match="The line broke"):
            gathered(tmp_path / "w", [1], Breaking(explorer, at_place=3))
    gathered(tmp_path / "w", [1], explorer)
    assert len(explorer.asked.calls["page"]) == pages + 6 > 9
    gathered(tmp_path / "once", [1], ResumingExplorer(economy.blocks))
    assert digests(tmp_path / "w") == digests(tmp_path / "once")


def test_a_listing_whose_block_left_is_looked_through_again(tmp_path: Path) -> None:
    """Listed to its end, not a place asked for; then its last blocks leave the chain."""
    economy = Economy.of(5, 40)
    fork = Economy(seeded(77), economy.branch.fork(33, 78), dict(economy.purse))
    fork.purse = {at: owner for at, owner in economy.purse.items() if at in fork.branch.unspent}
    for _ in range(10):
        fork.grow()
    for kind in (ChainExplorer, ResumingExplorer):
        explorer, folder = kind(economy.blocks, page=3), tmp_path / kind.__name__
        with pytest.raises(SourceError, match="The line broke"):
            gathered(folder, [1], Breaking(explorer, at_place=1))
        explorer.take(fork.blocks)
        gathered(folder, [1], explorer)
        gathered(folder.with_suffix(".new"), [1], ChainExplorer(fork.blocks))
        assert digests(folder) == digests(folder.with_suffix(".new"))
        assert answered(folder, 1)["coverage"]["complete"]


def test_a_second_run_asks_only_for_what_is_new(economy: Economy, tmp_path: Path) -> None:
    explorer = ChainExplorer(economy.blocks[:50])
    gathered(tmp_path / "w", [1], explorer)
    explorer.asked.calls.clear()
    gathered(tmp_path / "w", [1], explorer)
    assert {name: len(about) for name, about in explorer.asked.calls.items()} == {
        "stand": 1,
        "headers": 2,  # the tip, and whether the newest block that is held still stands
        "count": 1,
        "page": 1,
    }
    before = set(explorer.of_script[script(1)])
    explorer.take(economy.blocks)
    explorer.asked.calls.clear()
    report = gathered(tmp_path / "w", [1], explorer).report
    new = [txid for txid in explorer.of_script[script(1)] if txid not in before]
    assert set(explorer.asked.calls["place"]) == set(new)
    assert len(explorer.asked.calls["place"]) == len(new)
    assert set(new) <= set(explorer.asked.calls["transaction"]) | set(state_of(tmp_path / "w").raw)
    assert report.new_txs == len(explorer.asked.calls["transaction"]) < 3 * len(new) + 5
    assert len(explorer.asked.calls["page"]) <= len(new) // explorer.page + 2


def test_a_limit_of_transactions_is_offered_and_kept(economy: Economy, whole: Path, tmp_path: Path) -> None:
    explorer = ResumingExplorer(economy.blocks, page=4)
    gathered(tmp_path / "w", [1], explorer, Limits(transactions=10))
    answer = answered(tmp_path / "w", 1)
    (said,) = answer["coverage"]["scripts"]
    assert (said["complete"], said["held"]) == (False, 10)
    assert "limit of 10 transactions of the" in said["why"]
    assert answer["lower_bound"]
    heights = sorted(explorer.txs[txid][0] for txid in explorer.of_script[script(1)])
    assert said["first_height"] >= heights[-10]
    listed = len(explorer.asked.calls["page"])
    gathered(tmp_path / "w", [1], explorer)  # the greater limit takes the rest, and lists the first no more
    assert answered(tmp_path / "w", 1)["coverage"]["complete"]
    pages = -(-len(heights) // 4)
    assert len(explorer.asked.calls["page"]) - listed <= pages - listed + 2
    assert figures(answered(tmp_path / "w", 1)) == figures(answered(whole, 1))
    assert len(explorer.asked.calls["place"]) == len(set(explorer.asked.calls["place"]))


def test_a_limit_of_requests_stops_and_goes_on(economy: Economy, tmp_path: Path) -> None:
    explorer = ChainExplorer(economy.blocks)
    report = gathered(tmp_path / "w", [1], explorer, Limits(requests=60)).report
    assert "limit of 60 requests" in report.stopped
    assert not answered(tmp_path / "w", 1)["coverage"]["complete"]
    rounds = 1
    while gathered(tmp_path / "w", [1], explorer, Limits(requests=60)).report.stopped:
        rounds += 1
        assert rounds < 20
    assert answered(tmp_path / "w", 1)["coverage"]["complete"]


class Countless(ChainExplorer):
    """As an Electrum server: it does not count, and lists all at once, the oldest first."""

    def __init__(self, economy: Economy) -> None:
        super().__init__(economy.blocks, page=10**6)

    def count(self, script_raw: bytes) -> int | None:
        self._heard("count", script_raw)
        return None

    def listing(self, script_raw: bytes) -> list[Listed]:
        return [one._replace(block_hash_raw=None) for one in super().listing(script_raw)[::-1]]


def test_a_source_that_does_not_count(economy: Economy, whole: Path, tmp_path: Path) -> None:
    explorer = Countless(economy)
    gathered(tmp_path / "few", [1], explorer, Limits(transactions=10))
    heights = sorted(explorer.txs[txid][0] for txid in explorer.of_script[script(1)])
    (said,) = answered(tmp_path / "few", 1)["coverage"]["scripts"]
    assert (said["held"], said["complete"], said["first_height"]) == (10, False, heights[-10])
    gathered(tmp_path / "few", [1], explorer)
    assert figures(answered(tmp_path / "few", 1)) == figures(answered(whole, 1))
    gathered(tmp_path / "w", [1], explorer, Limits(hops=1, service=20))
    at_edge = [one for one in range(PEOPLE) if one != 1 and len(explorer.of_script[script(one)]) > 20]
    assert at_edge
    for one in range(PEOPLE):
        assert answered(tmp_path / "w", one)["coverage"]["complete"] is (one not in at_edge)
    asked = len(explorer.asked.calls["transaction"])
    gathered(tmp_path / "w", [1], explorer)
    assert len(explorer.asked.calls["transaction"]) == asked


def test_a_process_that_is_killed_anywhere_goes_on(economy: Economy, tmp_path: Path) -> None:
    """Killed at points of its writing, of log and of chain: the next run ends where one would have."""
    explorer = ChainExplorer(economy.blocks[:12])
    gathered(tmp_path / "once", [1], explorer)
    rehearsal = Recorder(tmp_path)
    with calling(rehearsal):
        gathered(tmp_path / "rehearsal", [1], explorer)
    for die_at in range(1, len(rehearsal.ops), max(len(rehearsal.ops) // 25, 1)):
        folder, calls = tmp_path / str(die_at), Recorder(tmp_path)
        calls.die_at = die_at
        with calling(calls), pytest.raises(Killed):
            gathered(folder, [1], explorer)
        gathered(folder, [1], explorer)
        assert digests(folder) == digests(tmp_path / "once")
        assert answered(folder, 1) == answered(tmp_path / "once", 1)


def test_damage_of_the_log_is_named_by_check(economy: Economy, tmp_path: Path) -> None:
    gathered(tmp_path / "w", [1], ChainExplorer(economy.blocks[:20]))
    assert check(tmp_path / "w").good
    log = tmp_path / "w" / "gathered" / "gathered.log"
    data = log.read_bytes()
    log.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
    report = check(tmp_path / "w")
    assert not report.good
    assert "what was gathered" in report.faults[0]
    with pytest.raises(StoreDamagedError):
        gathered(tmp_path / "w", [1], ChainExplorer(economy.blocks[:20]))


def test_check_proves_once_more_what_was_proven(economy: Economy, tmp_path: Path) -> None:
    """A log that a careless program wrote, its checksums right: a wrong branch, wrong bytes."""
    gathered(tmp_path / "w", [1], ChainExplorer(economy.blocks[:20]))
    state, log = state_of(tmp_path / "w"), AppendLog(tmp_path / "w" / "gathered")
    txid = min(state.places)
    place = state.places[txid][SOURCE]
    log.append(encoded(Telling(SOURCE, NOW, (place._replace(position=(place.position or 0) + 1),))))
    log.append(encoded(Telling(SOURCE, NOW, (ToldTx(b"\x01" * 32, state.raw[txid]),))))
    faults = check(tmp_path / "w").faults
    assert any("is not proven" in fault for fault in faults)
    assert any("have another id" in fault for fault in faults)


def test_a_block_that_comes_meanwhile_is_left_to_the_next_run(economy: Economy, tmp_path: Path) -> None:
    """The tip moves between the first script and the second: both answers hold as of the tip at the start."""

    class Growing(ChainExplorer):
        def count(self, script_raw: bytes) -> int | None:
            if len(self.asked.calls["count"]) == 1:
                self.take(economy.blocks)
            return super().count(script_raw)

    explorer = Growing(economy.blocks[:40])
    gathered(tmp_path / "w", [0, 1, 2], explorer)
    assert len(explorer.blocks) > 41
    for person in range(3):
        assert answered(tmp_path / "w", person)["coverage"]["complete"]
    gathered(tmp_path / "w", [0, 1, 2], explorer)
    gathered(tmp_path / "new", [0, 1, 2], ChainExplorer(economy.blocks))
    assert digests(tmp_path / "w") == digests(tmp_path / "new")


def test_a_lost_chain_is_made_again_from_the_log(economy: Economy, tmp_path: Path) -> None:
    gathered(tmp_path / "w", [1, 3], ChainExplorer(economy.blocks))
    before, answer = digests(tmp_path / "w"), answered(tmp_path / "w", 1)
    shutil.rmtree(tmp_path / "w" / "chain")
    index_block_files(tmp_path / "w", [])
    assert digests(tmp_path / "w") == before
    assert answered(tmp_path / "w", 1) == answer


def test_five_thousand_transactions_take_seconds(tmp_path: Path) -> None:
    """One address with 5,000 transactions in 500 blocks; counted is the processor's time, not the disk's."""
    branch = Branch(seeded(8), step=600)
    mine, other = script(1), script(2)
    for _ in range(100):
        branch.add([], [(50 * 10**8, other)])
    coins = [(block.txs[0].txid, 0) for block in branch.blocks[1:]]
    chains = [coins[at] for at in range(10)]
    for left in range(500, 0, -1):
        txs = []
        for at, coin in enumerate(chains):
            tx_made = make_tx([coin], [(1000, mine), (left * 10**6, other)])
            txs.append(tx_made)
            chains[at] = (tx_made.txid, 1)
        branch.add(txs, [(50 * 10**8, other)])
    explorer = ChainExplorer(branch.blocks, page=25)
    assert len(explorer.of_script[mine]) == 5_000
    began = time.process_time()
    gathered(tmp_path / "w", [1], explorer)
    seconds = time.process_time() - began
    assert seconds < 30
    assert answered(tmp_path / "w", 1)["tx_count"] == 5_000
    explorer.asked.calls.clear()
    gathered(tmp_path / "w", [1], explorer)
    assert explorer.asked.count() == 5
