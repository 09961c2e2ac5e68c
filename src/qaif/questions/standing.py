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
    scan = (chain.manifest.feed or {}).get("scan") or {}
    if not scan.get("downloading"):
        return CoverageOf(chain.held.complete, chain.held.reasons)
    behind = (
        f"The node was still downloading when it was asked: it had {scan['node_height']:,} of"
        f" {scan['node_headers']:,} blocks that it knows of."
    )
    return CoverageOf(complete=False, reasons=(*chain.held.reasons, behind))


def told_inputs(chain: Chain) -> int:
    """How many inputs have the value and script that the source of the blocks told."""
    ins = chain.unresolved.in_num[0 : chain.limits["unresolved"]]
    return int((chain.txin.script_basis.take(ins) == BASIS_FEED).sum()) if len(ins) else 0
