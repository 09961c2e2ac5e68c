"""How an answer speaks of a history that was gathered: whole as told, by whom, as of when; never proven."""

from collections.abc import Sequence
from typing import NamedTuple

from qaif.chain.addresses import address_of
from qaif.chain.open import Chain
from qaif.feeds.gathered_coverage import CaseTold, ScriptTold
from qaif.feeds.placing import BASIS_LINKED, block_work
from qaif.questions.answer import CoverageOf
from qaif.units import UNKNOWN

_A_DAY = 24 * 3600  # by so much a tip may be older than the end of the day that is asked about
_MOST_IN_WORDS = 20  # scripts
_ONLY_TOLD = "This is told, not proven: a server can leave transactions out."


class Until(NamedTuple):
    """Up to when a question asks, beside the tip of its view: a height, or a time (seconds since 1970)."""

    height: int | None = None
    time_unix: int | None = None


AT_TIP = Until()


def case_coverage(chain: Chain, told: CaseTold, until: Until = AT_TIP) -> CoverageOf:
    """What a chain of single transactions covers as a whole, every script that was gathered among it."""
    scripts = list(dict.fromkeys(bytes.fromhex(one.script_hex) for one in told.scripts))
    in_words = scripts_coverage(chain, told, scripts[:_MOST_IN_WORDS], until)
    whole = len({one.script_hex for one in told.scripts if one.complete})
    more = len(scripts) - _MOST_IN_WORDS
    head = (
        f"{told.transactions:,} single transactions are held, no blocks, told by {_listed(told.sources)}.",
        f"{told.parents:,} more are kept because these spend from them.",
        f"The history of {len(scripts):,} script(s) was asked for; {whole:,} are whole as told.",
        "What other scripts did is unknown.",
        *in_words.reasons,
        *((f"And {more:,} more scripts, which `--json` lists.",) if more > 0 else ()),
    )
    return CoverageOf(complete=False, reasons=head, scripts=told.scripts)


def scripts_coverage(
    chain: Chain, told: CaseTold, scripts: Sequence[bytes], until: Until = AT_TIP
) -> CoverageOf:
    """What is told of some scripts.

    Args:
        chain: the view; a history that ends before its tip is not complete.
        told: what the sources told.
        scripts: whose histories the question is about.
        until: up to when it asks.
    """
    reasons: list[str] = []
    complete, mine = True, []
    for script in scripts:
        name = address_of(script, chain.network) or f"script {script.hex()}"
        words = [one for one in told.scripts if one.script_hex == script.hex()]
        short = [_short_of(chain, one, until) for one in words]
        if not words:
            reasons.append(f"The history of {name} was not asked for: all it did elsewhere is unknown.")
        complete &= any(not why for why in short)
        for one, why in zip(words, short, strict=True):
            reasons += _words(one, name, why)
        mine += words
    reasons += _of_all(chain, told)
    return CoverageOf(complete, tuple(reasons), told=complete, scripts=tuple(mine))


def covers(chain: Chain, scripts: Sequence[bytes], until: Until = AT_TIP) -> bool:
    """Whether the histories of scripts are whole, if only as told, up to the view's tip or a later time."""
    return chain.told is not None and scripts_coverage(chain, chain.told, scripts, until).complete


def _short_of(chain: Chain, told: ScriptTold, until: Until) -> str:
    """Why what one source told is not all; empty where it is."""
    if not told.complete:
        return told.why
    tip = chain.tip.height if chain.n_blocks else None
    if tip is not None and tip > told.tip_height:
        return f"it was told as of block {told.tip_height:,}, and blocks up to {tip:,} are held: ask again"
    late = until.height is not None and until.height > told.tip_height
    if late or (until.time_unix is not None and until.time_unix - told.tip_time >= _A_DAY):
        return f"it was told as of block {told.tip_height:,}, which is earlier than what is asked about"
    return ""


def _words(told: ScriptTold, name: str, why: str) -> list[str]:
    if told.tip_height == UNKNOWN:
        return [f"The history of {name} as told by {told.source} is not whole: {why}."]
    when = f"{told.source} told it at {told.told_at}, as of block {told.tip_height:,} ({told.tip_hash})"
    if why:
        said = [f"The history of {name} as {when}, is not whole: {why}."]
    else:
        said = [f"The history of {name} is whole as {when}. {_ONLY_TOLD}"]
    said.append(_places(told, name))
    if told.unconfirmed_count:
        names = ", ".join(told.unconfirmed[:3])
        said.append(
            f"{told.unconfirmed_count:,} transaction(s) of {name} were in no block yet ({names}); they are"
            " not counted."
        )
    return said


def _places(told: ScriptTold, name: str) -> str:
    if not told.held:
        return f"No transaction of {name} is held in a block."
    claimed = told.held - told.proven
    proof = f"{told.proven:,} are proven to be in their block by a Merkle branch"
    claim = f"that the other {claimed:,} are in theirs is only claimed"
    return (
        f"Of {name} {told.held:,} transaction(s) are held, in blocks {told.first_height:,} to"
        f" {told.last_height:,}: {proof}{f', {claim}' if claimed else ''}."
    )


def _of_all(chain: Chain, told: CaseTold) -> list[str]:
    said = list(told.disagreements)
    if told.easiest_bits and chain.n_blocks:
        hashes = block_work(told.easiest_bits)
        said.append(
            f"Each block's header shows its own work, about 2^{hashes.bit_length() - 1} hashes or more;"
            f" {_links(chain)}."
        )
    if told.dropped:
        said.append(
            f"{told.dropped:,} transaction(s) are left out, since the block that they were said to be in is"
            " not in the chain any more, or sources name different ones."
        )
    return [] if chain.held.complete else said


def _links(chain: Chain) -> str:
    """How far headers link the blocks of a view to the genesis block: those that they do link come first."""
    linked = int((chain.block.height_basis[0 : chain.n_blocks] == BASIS_LINKED).sum())
    rest = chain.n_blocks - linked
    if not rest:
        return (
            "no header is missing from the genesis block to the highest block held, so they are linked to"
            " it, and heights follow from that"
        )
    not_linked = "headers between are not held, so that they are not linked to the genesis block"
    if not linked:
        return f"{not_linked}, and heights are as told"
    top = chain.block.height.one(linked - 1)
    return (
        f"up to block {top:,} no header is missing, so these are linked to the genesis block; of the {rest:,}"
        f" above it {not_linked}, and their heights are as told"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "no source"
