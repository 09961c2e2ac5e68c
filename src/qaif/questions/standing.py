"""Where an answer stands: as of which block, and how much of the chain is held."""

from qaif.analysis.tables.of_blocks import HEIGHT_BASIS
from qaif.chain.open import Chain
from qaif.chain.tables import BASIS_FEED
from qaif.questions.answer import AsOf, CoverageOf
from qaif.questions.told import case_coverage
from qaif.units import hash_hex, utc_text


def as_of(chain: Chain) -> AsOf | None:
    """The tip of a chain view; None where the chain is empty."""
    if not chain.n_blocks:
        return None
    tip = chain.tip
    basis = HEIGHT_BASIS[chain.block.height_basis.one(tip.block_num)]
    return AsOf(tip.height, hash_hex(tip.hash_raw), utc_text(tip.time_unix), basis)


def chain_coverage(chain: Chain) -> CoverageOf:
    """What of the whole chain is held."""
    if chain.told is not None:
        return case_coverage(chain, chain.told)
    bare = _without_witnesses(chain)
    scan = (chain.manifest.feed or {}).get("scan") or {}
    if not scan.get("downloading"):
        return CoverageOf(chain.held.complete, (*chain.held.reasons, *bare))
    behind = (
        f"The node was still downloading when it was asked: it had {scan['node_height']:,} of"
        f" {scan['node_headers']:,} blocks that it knows of."
    )
    return CoverageOf(complete=False, reasons=(*chain.held.reasons, behind))


def _without_witnesses(chain: Chain) -> tuple[str, ...]:
    """What to say where the source of whole blocks gives no witnesses."""
    if (chain.manifest.feed or {}).get("kind") != "aws":
        return ()
    blocks = slice(0, chain.n_blocks)
    bare = int(((chain.block.whole[blocks] == 1) & (chain.block.size[blocks] == 0)).sum())
    said = "The source of the blocks gives no witnesses"
    return (
        f"{said}: of {bare:,} whole blocks sizes are unknown, and what they commit to was not tried.",
    ) * (bare > 0)


def told_inputs(chain: Chain) -> int:
    """How many inputs have the value and script that the source of the blocks told."""
    ins = chain.unresolved.in_num[0 : chain.limits["unresolved"]]
    return int((chain.txin.script_basis.take(ins) == BASIS_FEED).sum()) if len(ins) else 0
