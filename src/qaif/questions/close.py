"""What a misprinted address is close to among the addresses of the chain: a lead, never a correction."""

from collections.abc import Iterator

import numpy as np

from qaif.chain.addresses import ParsedAddress, address_of, parse_address
from qaif.chain.begins import KEPT, begins_like
from qaif.chain.near import Near, near_misses
from qaif.chain.open import Chain
from qaif.errors import AddressError
from qaif.feeds.networks import Network
from qaif.units import Int64s

MOST_WRITTEN = 50_000  # scripts of a chain whose addresses are all written and compared: about a second
_SAME_END = 4
_MISPRINTS = frozenset({"checksum", "character", "length", "case", "variant", "padding"})


def parse_or_explain(chain: Chain | None, asked: str, network: Network) -> ParsedAddress:
    """Read an address; where it is misprinted, say what in the chain it is close to.

    Raises:
        AddressError: it is none; `details["close_to"]` lists addresses, separated by spaces.
        PrivateKeyError: it is a private key.
    """
    try:
        return parse_address(asked, network)
    except AddressError as error:
        if chain is None or error.details.get("reason") not in _MISPRINTS:
            raise
        raise _with_leads(error, chain, asked.strip()) from None


def _with_leads(error: AddressError, chain: Chain, asked: str) -> AddressError:
    near = close_to(chain, asked)
    leads = [f"{one.address} ({one.explanation})" for one in near]
    where = "the addresses of the blocks held" + (
        "" if chain.n_scripts <= MOST_WRITTEN else f" that have the same first {KEPT} characters"
    )
    said = (
        f"Of {where} it is close to {'; '.join(leads)}. That does not say that this was meant."
        if leads
        else f"It is close to none of {where}."
    )
    details = error.details | {"close_to": " ".join(one.address for one in near)}
    return AddressError(f"{error.message} {said}", way_out=error.way_out, **details)


def close_to(chain: Chain, text: str) -> tuple[Near, ...]:
    """Addresses of the chain that a text is close to, the closest first.

    In a small chain all that have the same first or last four characters are compared; in a large one those
    with the same first five.
    """
    if chain.n_scripts > MOST_WRITTEN:
        return near_misses(text, _addresses(chain, begins_like(chain, text)))
    everything = _addresses(chain, np.arange(chain.n_scripts, dtype=np.int64))
    start, end = text[:_SAME_END], text[-_SAME_END:]
    return near_misses(text, (one for one in everything if one.startswith(start) or one.endswith(end)))


def _addresses(chain: Chain, nums: Int64s) -> Iterator[str]:
    for num in nums:
        address = address_of(chain.script_raw(int(num)), chain.network)
        if address is not None:
            yield address
