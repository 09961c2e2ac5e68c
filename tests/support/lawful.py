"""A random chain none of whose transactions spends what can never be spent."""

from oracle.blockmaker import Branch, Tx, seeded, spent


def lawful(seed: int, blocks: int, most_txs: int = 5) -> Branch:
    branch = Branch(seeded(seed))
    for _ in range(blocks):
        branch.add(_spendable(branch._random_txs(branch.rng.randint(0, most_txs))))
    return branch


def _spendable(txs: list[Tx]) -> list[Tx]:
    """Without those that spend an output with OP_RETURN of this block, and those that spend from them."""
    dead: set[tuple[bytes, int]] = set()
    kept = []
    for tx in txs:
        gone = bool(dead.intersection(spent(tx)))
        dead |= {(tx.txid, n) for n, (_, script) in enumerate(tx.outs) if gone or script[:1] == b"\x6a"}
        kept += [] if gone else [tx]
    return kept
