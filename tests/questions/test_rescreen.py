"""A look back says in which of chain, lists, claims and policy the difference lies, where several moved."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oracle.blockmaker import make_tx
from qaif.screening.policy import policy_text
from qaif.workspace.folder import Workspace
from support import list_files as files
from support.indexing import put
from support.listed_people import listed
from support.stories import Story, called, key
from support.workspaces import answer, run

BTC = 10**8
AT = "2024-05-02T12:00:00"


class Desk:
    """A workspace in which `ann` paid `shop`, and what may move in it after a screening of `ann`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.work, self.story = folder, folder / "w", Story()
        first = self.story.pay([self.story.fund("ann")], [(10 * BTC, "shop"), (39 * BTC, "ann")])
        self.coin = (first.txid, 1)
        self.policy = folder / "own.yaml"
        self.policy.write_text(policy_text("us-exchange"))
        self.chain()
        self.lists("bad")

    def chain(self) -> None:
        put(Workspace.open_or_create(self.work).chain_dir, self.story.branch.blocks)

    def lists(self, *names: str, seen: str = "2024-05-01T06:00:00") -> None:
        path = files.put(self.folder, "us_ofac_sdn.ftm.json", listed(*names, seen=seen))
        answer(self.work, "lists", "import", str(path))

    def screened(self) -> Path:
        got = run(self.work, "screen", called("ann"), "--policy", str(self.policy), "--at", AT, "--json")
        past = self.folder / "past.jsonl"
        past.write_text(json.dumps(json.loads(got.stdout)) + "\n")
        return past

    def again(self, past: Path) -> dict[str, Any]:
        return answer(self.work, "rescreen", str(past), "--policy", str(self.policy), "--at", AT)


def more_blocks(desk: Desk) -> None:
    desk.story.fund("nobody")
    desk.chain()


def pays_bad(desk: Desk) -> None:
    tx = make_tx([desk.coin], [(5 * BTC, key("bad")), (33 * BTC, key("ann"))])
    desk.story.branch.add([tx], time=1_700_000_000)
    desk.chain()


def lists_shop(desk: Desk) -> None:
    desk.lists("bad", "shop", seen="2024-05-02T06:00:00")


def lists_ann(desk: Desk) -> None:
    desk.lists("bad", "ann", seen="2024-05-02T06:00:00")


def lists_another(desk: Desk) -> None:
    desk.lists("bad", "else", seen="2024-05-02T06:00:00")


def other_policy(desk: Desk) -> None:
    text = desk.policy.read_text()
    desk.policy.write_text(text + _RULE)


_RULE = """  - id: in-use
    text: It is in use.
    severity: low
    outcome: alert
    when:
      first_seen: {least_days: 0}
"""


@pytest.mark.parametrize(
    ("moves", "because"),
    [
        ((more_blocks,), None),
        ((lists_another,), None),
        ((lists_another, pays_bad), "chain"),
        ((more_blocks, lists_shop), "lists"),
        ((more_blocks, lists_ann), "lists"),
        ((more_blocks, lists_another, other_policy), "policy"),
    ],
)
def test_what_a_difference_lies_in(
    tmp_path: Path, moves: tuple[Callable[[Desk], None], ...], because: str | None
) -> None:
    desk = Desk(tmp_path)
    past = desk.screened()
    for move in moves:
        move(desk)
    got = desk.again(past)
    assert got["asked"] == 1
    assert got["because"] == ({} if because is None else {because: 1})
    if because is not None:
        (row,) = got["otherwise"]
        assert row["compared"]["because"] == [because]
        assert len(row["compared"]["moved"]) >= len(moves)
        assert f"in: {because}" in row["compared"]["said"]
