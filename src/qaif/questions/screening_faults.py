"""What of the chain keeps an absence from meaning anything: none, damaged, behind, ahead, or in part."""

from datetime import UTC, datetime, timedelta

from qaif.chain.open import Chain
from qaif.errors import QaifError
from qaif.questions.standing import chain_coverage
from qaif.screening.facts import Fault
from qaif.screening.policy import Policy

AHEAD = timedelta(hours=2)  # a block's time may be so far ahead by the rules of Bitcoin


def chain_faults(chain: Chain, policy: Policy, now: datetime) -> tuple[Fault, ...]:
    """The faults of a chain that was opened."""
    if not chain.n_blocks:
        return (Fault("no-chain", "chain", "No block is held: whom the address dealt with is unknown."),)
    found = []
    tip = datetime.fromtimestamp(chain.tip.time_unix, UTC)
    if now - tip > timedelta(minutes=policy.tip_minutes):
        minutes = int((now - tip).total_seconds() // 60)
        said = f"The last block is {minutes:,} minutes old; the policy allows {policy.tip_minutes:,}."
        found.append(Fault("tip-lags", "chain", said))
    if tip - now > AHEAD:
        said = f"The last block is of {tip.isoformat()}, which is to come: this machine's clock is wrong."
        found.append(Fault("tip-ahead", "chain", said))
    held = chain_coverage(chain)
    if not held.complete:
        said = "Not all of the chain is held: " + " ".join(held.reasons)
        found.append(Fault("history-in-part", "chain", said))
    return tuple(found)


def no_chain(error: QaifError) -> Fault:
    """The fault that there is no chain, or that it cannot be read."""
    kind = "no-chain" if error.code == "not-found" else "chain-unreadable"
    return Fault(kind, "chain", f"Whom the address dealt with is unknown: {error.message}")


def no_records(error: QaifError) -> Fault:
    """The fault that lists and claims cannot be read."""
    return Fault("records-unreadable", "records", f"Lists and claims cannot be read: {error.message}")


def not_traced(error: QaifError) -> Fault:
    """The fault that whom the address dealt with could not be found out."""
    return Fault("not-traced", "chain", f"Whom the address dealt with was not found out: {error.message}")
