"""Following a real node: new blocks at once, reorganisations of any depth, loss, trouble, and old answers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oracle.blockmaker import MAGIC, Branch, seeded
from oracle.blockmaker import framed as framed_blocks
from peers.bcoin import Bcoin, bcoin
from peers.core_shapes import Shapes, core_shapes
from peers.publisher import Publisher, publisher
from peers.wallet import Wallet
from qaif.chain.nodes import NodeBlocks, NodeSource
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.desk.follow import TOPICS, Counters, Happening, Source, follow
from qaif.feeds.core.node import CoreNode
from qaif.feeds.wire import Announcement
from qaif.questions.clustering import LISTED, SECOND, clusters_opened
from qaif.questions.index import index_block_files as index_files
from qaif.questions.index import index_node
from qaif.workspace.folder import Workspace
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
from support.coredir import script_of
from support.indexing import digests
from support.tiers import tiers_of

QUICK = Manner(requests_a_second=10_000, tries=2, first_pause=0.01, total_seconds=20)


@dataclass
class Followed:
    """A follower at work.

    Attributes:
        happenings: what it says.
        shapes, told: the node and its announcements.
        workspace: the folder.
    """

    happenings: Iterator[Happening]
    shapes: Shapes
    told: Publisher
    workspace: Path

    @property
    def node(self) -> Bcoin:
        return self.shapes.node

    def next(self, kind: str) -> Happening:
        """The next thing said, which must be of this kind."""
        said = next(self.happenings)
        assert said.kind == kind, said
        return said

    def equals_files(self, folder: Path) -> bool:
        """Whether the store is what the node's best chain gives from a block file."""
        raw = self.node.raws(self.node.hashes())
        path = folder.with_suffix(".dat")
        path.write_bytes(b"".join(MAGIC + len(one).to_bytes(4, "little") + one for one in raw))
        index_block_files(folder, BlockFiles((path,)))
        return digests(folder) == digests(self.workspace / "chain")


@pytest.fixture
def node() -> Iterator[Bcoin]:
    with bcoin() as one:
        one.mine(20)
        yield one


@contextmanager
def following(node: Bcoin, workspace: Path, *topics: str, pause: float = 5.0) -> Iterator[Followed]:
    with core_shapes(node) as shapes, publisher(node, *topics) as told, ExitStack() as stack:
        door = stack.enter_context(Door({shapes.url: QUICK, told.place: QUICK}))
        http = door.http(shapes.url, purpose="blocks", basic=(node.user, node.password))
        asked = CoreNode(http, shapes.url)
        heard = door.announcements(told.place, TOPICS, purpose="new blocks") if topics else None
        if heard is not None:
            told.heard_by(len(TOPICS))
        wanted = NodeBlocks(NodeSource(shapes.url))
        source = Source(lambda: index_node(workspace, asked, wanted).run, heard, pause)
        yield Followed(follow(workspace, source), shapes, told, workspace)


def test_new_blocks_as_they_are_announced(node: Bcoin, tmp_path: Path) -> None:
    """Seconds are measured from the moment at which the node is told to make the block, and printed."""
    with following(node, tmp_path / "w", "hashblock", pause=30) as one:
        assert one.next("standing").added == 21
        seconds = []
        for _ in range(20):
            began = time.monotonic()
            mined = node.mine()
            said = one.next("blocks")
            seconds.append(time.monotonic() - began)
            assert said.as_of is not None
            assert (said.added, said.as_of.hash, said.woken_by) == (1, mined[0], "announcement")
        shown = f"median {sorted(seconds)[10]:.3f}, most {max(seconds):.3f}"
        sys.stdout.write(f"seconds from mining to an answer: {shown}\n")
        assert one.equals_files(tmp_path / "files")


@pytest.mark.parametrize("topics", [("hashblock",), ("sequence",), ("rawblock", "sequence", "hashblock"), ()])
def test_reorganisations_of_1_6_and_100(node: Bcoin, tmp_path: Path, topics: tuple[str, ...]) -> None:
    """By invalidating a block, after which the chain is shorter for a while; and by a longer branch."""
    node.mine(100)
    with following(node, tmp_path / "w", *topics, pause=5.0 if topics else 0.05) as one:
        one.next("standing")
        for depth in (1, 6, 100):
            old = node.hashes()[-depth:]
            node.invalidate(old[0])
            node.mine(depth + 1)
            said = one.next("reorganisation")
            assert (said.removed, said.added) == (tuple(old), depth + 1)
            assert said.as_of is not None
            assert said.as_of.hash == node.hashes()[-1]
        below, old = node.hashes()[-4], node.hashes()[-3:]
        node.mine(4, onto=below)
        assert one.next("reorganisation").removed == tuple(old)
        assert one.equals_files(tmp_path / "files")


def test_lost_announcements_are_noticed_and_made_good(node: Bcoin, tmp_path: Path) -> None:
    with following(node, tmp_path / "w", "hashblock", pause=30) as one:
        one.next("standing")
        node.mine()
        one.next("blocks")
        one.told.drop = 3
        for _ in range(3):
            node.mine()
            time.sleep(0.1)
        node.mine()
        assert one.next("lost").lost == 3
        assert one.next("blocks").added == 4
        one.told.drop = 1
        node.mine()
        one.told.restart()
        time.sleep(0.1)
        node.mine()
        assert one.next("blocks").added == 2, "counters that begin anew are no loss of thousands"


def test_what_nobody_announces_is_found_all_the_same(node: Bcoin, tmp_path: Path) -> None:
    with following(node, tmp_path / "w", "hashblock", pause=0.3) as one:
        one.next("standing")
        one.told.drop = 1
        node.mine()
        assert one.next("blocks").woken_by == "asking"


def test_trouble_is_said_once_and_passes(node: Bcoin, tmp_path: Path) -> None:
    with following(node, tmp_path / "w", "hashblock", pause=0.1) as one:
        one.next("standing")
        one.shapes.fault = lambda _, body: b"<html>" + body[:20]
        node.mine(2)
        said = one.next("trouble")
        assert said.error_code == "source-shape"
        one.shapes.fault = None
        assert one.next("blocks").added == 2


def test_trouble_at_the_start_hides_nothing(node: Bcoin, tmp_path: Path) -> None:
    with following(node, tmp_path / "w") as one:
        one.next("standing")
    old = node.hashes()[-1]
    node.mine(2, onto=node.hashes()[-2])
    with following(node, tmp_path / "w", pause=0.1) as one:
        one.shapes.fault = lambda _, body: body[:5]
        one.next("trouble")
        one.shapes.fault = None
        said = one.next("reorganisation")
        assert (said.woken_by, said.removed) == ("start", (old,))


def test_a_follower_that_was_stopped_goes_on(node: Bcoin, tmp_path: Path) -> None:
    with following(node, tmp_path / "w", "hashblock") as one:
        one.next("standing")
        node.mine(2)
        one.next("blocks")
    old = node.hashes()[-3:]
    node.mine(5, onto=node.hashes()[-4])
    with following(node, tmp_path / "w") as one:
        said = one.next("reorganisation")
        assert (said.removed, said.added, said.woken_by) == (tuple(old), 5, "start")
        assert one.equals_files(tmp_path / "files")


@pytest.mark.parametrize(
    ("numbers", "lost"), [((0, 1, 2), 0), ((5, 9), 3), ((7, 0, 1), 0), ((2**32 - 1, 0), 0), ((9, 8, 10), 1)]
)
def test_gaps_in_numbers(numbers: tuple[int, ...], lost: int) -> None:
    counters = Counters()
    assert sum(counters.lost_before(Announcement("hashblock", b"", one)) for one in numbers) == lost


@contextmanager
def command(
    *arguments: str, **environment: str
) -> Iterator[tuple[Callable[[], Any], "subprocess.Popen[str]"]]:
    """The command at work; its next line as JSON."""
    program = [sys.executable, "-c", "from qaif.cli.main import run; run()", *arguments]
    process = subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | environment
    )
    assert process.stdout is not None
    lines = process.stdout
    try:
        yield (lambda: json.loads(lines.readline())), process
    finally:
        process.kill()
        process.communicate()


def test_the_command_tells_which_cases_rested_on_a_block_that_left(node: Bcoin, tmp_path: Path) -> None:
    wallet = Wallet(node).earn(1)
    wallet.send([(50_000, script_of("p2pkh", 5))])
    node.mine()
    workspace = str(tmp_path / "w")
    with core_shapes(node) as shapes, publisher(node, "hashblock") as told:
        arguments = (
            "follow",
            "--source",
            f"core:{shapes.url}",
            "--zmq",
            told.place,
            "-w",
            workspace,
            "--json",
        )
        with command(*arguments) as (line, process):
            assert line()["kind"] == "standing"
            for name, block in (("old", None), ("new", str(node.height() - 3))):
                document = tmp_path / "a.txt"
                document.write_text("mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8 was paid")
                case = [
                    "investigate",
                    str(document),
                    "-w",
                    workspace,
                    "--out",
                    str(tmp_path / name),
                    "--json",
                ]
                with command(*case, *(["--as-of", block] if block else [])) as (_, asked):
                    out, err = asked.communicate(timeout=120)
                    assert asked.returncode == 0, out + err
            tip = node.hashes()[-1]
            node.mine(2, onto=node.hashes()[-2])
            said = line()
            assert (said["kind"], said["removed"]) == ("reorganisation", [tip])
            assert [(one["folder"], one["block"]) for one in said["cases"]] == [(str(tmp_path / "old"), tip)]
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
        with command(*arguments[:-1]) as (_, process):
            assert process.stdout is not None
            assert process.stdout.readline().startswith("STANDING")
            assert f"the case {tmp_path / 'old'} of " in process.stdout.readline()


def test_a_node_that_starts_again_has_another_cookie(node: Bcoin, tmp_path: Path) -> None:
    cookie = tmp_path / "cookie"
    cookie.write_text(f"{node.user}:{node.password}")
    with core_shapes(node) as shapes:
        shapes.rest = False
        named = ("--source", f"core:{shapes.url}", "--cookie", str(cookie), "--every", "0.1")
        with command("follow", *named, "-w", str(tmp_path / "w"), "--json") as (line, _):
            assert line()["added"] == 21
            shapes.password = "another"  # noqa: S105  of a test
            node.mine()
            said = line()
            assert (said["kind"], said["error_code"]) == ("trouble", "source-access")
            cookie.write_text(f"{node.user}:another")
            assert line()["added"] == 1


def test_growing_block_files_are_followed(node: Bcoin, tmp_path: Path) -> None:
    """As a running node writes them: one more block at the end, and now and then half of one."""
    path = tmp_path / "blocks" / "blk00000.dat"
    path.parent.mkdir()

    def framed(shown: list[str]) -> bytes:
        return b"".join(MAGIC + len(raw).to_bytes(4, "little") + raw for raw in node.raws(shown))

    path.write_bytes(framed(node.hashes()) + bytes(1 << 16))
    workspace = tmp_path / "w"
    source = Source(lambda: index_files(workspace, [path.parent]).run, None, 0.05)
    happenings = follow(workspace, source)
    assert next(happenings).added == 21
    end = len(framed(node.hashes()))
    for _ in range(4):
        new = framed(node.mine(2))
        half = len(new) // 2 + 9
        with path.open("r+b") as file:
            file.seek(end)
            file.write(new[:half])
            file.flush()
            assert next(happenings).added == 1
            file.write(new[half:])
        assert next(happenings).added == 1
        end += len(new)
    old = node.hashes()[-2:]
    with path.open("r+b") as file:
        file.seek(end)
        file.write(framed(node.mine(3, onto=node.hashes()[-3])))
    said = next(happenings)
    assert (said.kind, said.removed, said.added) == ("reorganisation", tuple(old), 3)


def test_blocks_are_told_before_segments_are_merged(tmp_path: Path) -> None:
    """What a block makes due is merged when the follower is asked for what happens next."""
    blocks = Branch(seeded(8)).grow(4).blocks
    path = tmp_path / "blocks" / "blk00000.dat"
    path.parent.mkdir()
    workspace = tmp_path / "w"
    source = Source(lambda: index_files(workspace, [path.parent], merge=False).run, None, 0.01)
    path.write_bytes(framed_blocks(blocks[:1]))
    happenings = follow(workspace, source)

    def segments() -> int:
        return len(list((workspace / "chain").glob("*.seg")))

    with tiers_of(3):
        assert next(happenings).added == 1
        for count, then in ((2, 2), (3, 3), (4, 2)):
            path.write_bytes(framed_blocks(blocks[:count]))
            assert next(happenings).added == 1
            assert segments() == then, "of the third block's, all are there until the next look"


def test_clusters_that_were_asked_for_are_brought_up_with_each_block(tmp_path: Path) -> None:
    branch = Branch(seeded(8)).grow(12, 4)
    path = tmp_path / "blocks" / "blk00000.dat"
    path.parent.mkdir()
    workspace = tmp_path / "w"
    source = Source(lambda: index_files(workspace, [path.parent], merge=False).run, None, 0.01)
    path.write_bytes(framed_blocks(branch.blocks[:8]))
    happenings = follow(workspace, source)

    def kept(folder: Path) -> int:
        manifest = folder / "MANIFEST"
        pieces = json.loads(manifest.read_bytes())["pieces"] if manifest.exists() else ()
        return sum(piece["blocks"] for piece in pieces)

    clusters = Workspace.open_or_create(workspace).clusters_dir
    assert next(happenings).added == 8
    assert (kept(clusters), kept(clusters / SECOND)) == (0, 0), "nobody asked"
    with clusters_opened(workspace, None), clusters_opened(workspace, None, with_change=True):
        assert (kept(clusters), kept(clusters / SECOND)) == (8, 8)
    for count, before in ((9, 8), (11, 9), (12, 11)):
        path.write_bytes(framed_blocks(branch.blocks[:count]))
        next(happenings)
        assert (kept(clusters), kept(clusters / SECOND)) == (before, before), "those of the look before"
    path.write_bytes(framed_blocks([*branch.blocks, *branch.fork(10, 1).grow(3, 4).blocks[11:]]))
    assert next(happenings).kind == "reorganisation"
    assert (kept(clusters), kept(clusters / SECOND)) == (12, 12), "as of the last look"
    (clusters / LISTED).write_text("not a transaction")
    path.write_bytes(framed_blocks([*branch.blocks, *branch.fork(10, 1).grow(4, 4).blocks[11:]]))
    assert next(happenings).added == 1
