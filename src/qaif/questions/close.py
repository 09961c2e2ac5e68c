"""What a misprinted address is close to among the addresses of the chain: a lead, never a correction."""

from collections.abc import Iterator

import numpy as np

from qaif.chain.addresses import ParsedAddress, address_of, parse_address
from qaif.chain.near import Near, near_misses
from qaif.chain.open import Chain
from qaif.errors import AddressError
from qaif.feeds.networks import Network
from qaif.units import Int64s

MOST_COMPARED = 100_000  # scripts, some four seconds
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
    near, compared = close_to(chain, asked)
    leads = [f"{one.address} ({one.explanation})" for one in near]
    if leads:
        said = (
            f"It is close to what occurs in the blocks held: {'; '.join(leads)}. "
            "That does not say that this was meant."
        )
    elif compared < chain.n_scripts:
        said = f"It is close to none of the {compared:,} scripts compared, of {chain.n_scripts:,} held."
    else:
        said = "It is close to nothing that occurs in the blocks held."
    details = error.details | {"close_to": " ".join(one.address for one in near), "compared": compared}
    return AddressError(f"{error.message} {said}", way_out=error.way_out, **details)


def close_to(chain: Chain, text: str) -> tuple[tuple[Near, ...], int]:
    """Addresses of the chain that a text is close to, and how many scripts were compared.

    Where the chain has more scripts than can be compared, those that appeared last are.
    """
    first = max(chain.n_scripts - MOST_COMPARED, 0)
    nums = np.arange(first, chain.n_scripts, dtype=np.int64)
    return near_misses(text, _addresses(chain, nums)), len(nums)


def _addresses(chain: Chain, nums: Int64s) -> Iterator[str]:
    lo, hi = chain.script.byte_lo.take(nums), chain.script.byte_lo.take(nums + 1)
    data = chain.script_byte.value[int(lo[0]) : int(hi[-1])].tobytes() if len(nums) else b""
    for begin, end in zip((lo - lo[0]).tolist(), (hi - lo[0]).tolist(), strict=True):
        address = address_of(data[begin:end], chain.network)
        if address is not None:
            yield address
