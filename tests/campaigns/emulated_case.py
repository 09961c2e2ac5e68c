"""The case that started the project, emulated: a busy address on a real node, investigated from outside.

Usage: PYTHONPATH=tests python -m campaigns.emulated_case FOLDER [--transactions 5000] [--blocks 50]

A bcoin node gets a chain in which an address is paid and pays, in so many transactions. The address is then
gathered into an empty workspace through an Esplora server over that node, and through an Electrum server
(e-x) over it, twice each. Requests, bytes and seconds are printed. It fails where a review differs from that
of the whole chain, read from the node's blocks, or where a second run asks for what is held.
"""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from oracle.addresses import address
from oracle.blockmaker import MAGIC, SUBSIDY, Tx, make_tx
from peers.bcoin import TRUE, Bcoin, bcoin
from peers.e_x import e_x
from peers.esplora_index import BcoinNode
from peers.esplora_server import esplora
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.cli.network import opened
from qaif.desk.gather import Order, gather
from qaif.questions.answer import as_json
from qaif.questions.review import ReviewRequest, review
from qaif.workspace.folder import Workspace
from qaif.workspace.network.manner import Manner
from qaif.workspace.sources import explorer, source_named

MATURE = 100
OWNER = b"\x00\x20" + sha256(TRUE).digest()  # anybody may spend it, by showing the script
FEE = 200
SAME = ("tx_count", "received_sat", "sent_sat", "balance_sat", "by_month", "first_seen", "last_seen")
MOST_AGAIN = 20  # requests of a run that has nothing to fetch


def lived(node: Bcoin, transactions: int, blocks: int) -> None:
    """The address's life: each block pays it from some coins, and spends what earlier blocks paid it."""
    gifts = transactions // 2
    node.mine(1, TRUE)
    coin = node.raws(node.hashes()[-1:])[0]
    node.mine(MATURE)
    value = SUBSIDY // gifts - FEE
    split = make_tx([(coinbase_id(coin), 0)], [(value, TRUE)] * gifts)
    node.mine(txs=[split.raw])
    paid: list[Tx] = []
    for block in range(blocks):
        new = range(gifts * block // blocks, gifts * (block + 1) // blocks)
        given = [make_tx([(split.txid, at)], [(value - FEE, OWNER)]) for at in new]
        spent = [spending(tx, at) for at, tx in enumerate(paid)]
        node.mine(txs=[tx.raw for tx in [*given, *spent]])
        paid = given
    node.mine(txs=[spending(tx, at).raw for at, tx in enumerate(paid)])


def coinbase_id(raw_block: bytes) -> bytes:
    from oracle.parse import parse_block

    return parse_block(raw_block).txs[0].txid


def spending(tx: Tx, number: int) -> Tx:
    to = b"\x00\x14" + number.to_bytes(20, "big")
    return make_tx([(tx.txid, 0)], [(tx.outs[0][0] - FEE, to)], witnesses=[[TRUE]])


def whole_chain(node: Bcoin, folder: Path) -> Path:
    """The node's chain as block files, indexed."""
    blocks = folder / "blk00000.dat"
    raws = node.raws(node.hashes())
    blocks.write_bytes(b"".join(MAGIC + len(raw).to_bytes(4, "little") + raw for raw in raws))
    index_block_files(Workspace.open_or_create(folder / "whole").chain_dir, BlockFiles((blocks,)))
    return folder / "whole"


def figures(workspace: Path, subject: str) -> dict[str, Any]:
    answer = as_json(review(workspace, ReviewRequest(addresses=(subject,))))
    return {name: answer[name] for name in SAME}


def gathered(workspace: Path, source: str, subject: str) -> dict[str, Any]:
    """What one run asked, and what it took."""
    name, began = source_named(source), time.monotonic()
    with opened(workspace, name.place, Manner(requests_a_second=10_000)) as door:
        client = explorer(name, door, Workspace.open_or_create(workspace).path)
        report = gather(workspace, Order((subject,), str(name)), client, lambda: int(time.time())).report
        counts = door.counts()[name.place]
    return {
        "new_transactions": report.new_txs,
        "requests": counts.requests,
        "bytes": counts.sent + counts.received,
        "seconds": round(time.monotonic() - began, 1),
        "waiting_for_the_server": round(counts.seconds, 1),
    }


@contextmanager
def sources(node: Bcoin, folder: Path) -> Iterator[dict[str, str]]:
    """Both servers, by the names under which a user would ask them."""
    with esplora(BcoinNode(node)) as web, e_x(node, folder / "e_x") as lines:
        lines.until(node.height())
        yield {"esplora": f"esplora:{web.url}", "electrum": f"electrum:127.0.0.1:{lines.port}"}


def main(folder: Path, transactions: int, blocks: int) -> dict[str, Any]:
    """All of it.

    Raises:
        SystemExit: an answer is another than the whole chain's, or too much was asked again.
    """
    folder.mkdir(parents=True)
    subject = address(OWNER, "regtest")
    assert subject is not None
    seen: dict[str, Any] = {"transactions": transactions}
    with bcoin() as node:
        lived(node, transactions, blocks)
        expected = figures(whole_chain(node, folder), subject)
        with sources(node, folder) as named:
            for kind, source in named.items():
                seen[kind] = [gathered(folder / kind, source, subject) for _ in range(2)]
                if figures(folder / kind, subject) != expected:
                    raise SystemExit(f"{kind}: the review is not that of the whole chain")
                if seen[kind][1]["requests"] > MOST_AGAIN or seen[kind][1]["new_transactions"]:
                    raise SystemExit(f"{kind}: the second run asked for what is held: {seen[kind][1]}")
    if expected["tx_count"] != transactions:
        raise SystemExit(f"the address has {expected['tx_count']} transactions")
    return seen


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--transactions", type=int, default=5_000)
    parser.add_argument("--blocks", type=int, default=50)
    print(json.dumps(main(**vars(parser.parse_args())), indent=2))
