"""Direct matches of many addresses at once: the verdict alone, without whom they dealt with.

A plain address of mainnet is read and looked up by compiled code. Any other text (another network's or
another chain's address, one with a blank before it, a misprinted one, a private key) goes the way of a single
screening, so that it gets the same verdict or the same error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from qaif.errors import QaifError
from qaif.feeds.networks import NETWORKS
from qaif.kernels import script_table
from qaif.kernels.address_read import read_addresses
from qaif.questions.bundle_file import Bundle
from qaif.questions.screen import address_as_listed
from qaif.screening.facts import Fault, Listing
from qaif.screening.verdict import Verdict, verdict_of
from qaif.units import Bytes, Int64s

_MAINNET = NETWORKS["mainnet"]
NOBODY, NO_ANSWER = -1, -2  # rows: no list names it; there is an error


@dataclass(frozen=True)
class DirectVerdicts:
    """What came of many addresses.

    Attributes:
        row: int64[n], for each address the place in the index of who is listed, NOBODY or NO_ANSWER.
        errors: by place in the batch, why there is no answer; never a NO_DIRECT_HIT.
        absent: the verdict on an address that no list names.
    """

    row: Int64s
    errors: Mapping[int, QaifError]
    absent: Verdict

    def verdict(self, place: int) -> Verdict | None:
        """The verdict on one address; None where there is an error."""
        row = int(self.row[place])
        if row == NO_ANSWER:
            return None
        return self.absent if row == NOBODY else "HIT"

    def counts(self) -> dict[str, int]:
        """How many of each verdict, and how many errors."""
        hits, errors = int((self.row >= 0).sum()), len(self.errors)
        found = {"HIT": hits, "NO_DIRECT_HIT": 0, "UNKNOWN": 0, "errors": errors}
        found[self.absent] += len(self.row) - hits - errors
        return found


class DirectIndex:
    """Who is listed, found by address.

    Args:
        rows: by address as Bitcoin Core writes it, or as text, whom it is of.
        faults: what keeps absence from meaning anything.

    Attributes:
        addresses: who is listed, in the order of rows.
    """

    def __init__(self, rows: Mapping[str, Sequence[Listing]], faults: tuple[Fault, ...]) -> None:
        self._listings = {address: tuple(listings) for address, listings in rows.items() if listings}
        self.addresses = tuple(self._listings)
        self._row = {address: row for row, address in enumerate(self.addresses)}
        self._absent = verdict_of((), faults)
        script, size = _scripts(self.addresses)
        capitals = [address != address.lower() and address[:2].lower() == "bc" for address in self.addresses]
        self._kept = np.flatnonzero((size > 0) & ~np.array(capitals, dtype=np.bool_))
        self._known, self._size = script[self._kept], size[self._kept]
        self._slot = np.empty(2 << max(len(self._kept), 1).bit_length(), dtype=np.int64)
        script_table.fill(self._known, self._size, self._slot)

    @classmethod
    def of_bundle(cls, bundle: Bundle, now: datetime) -> "DirectIndex":
        """The index of a bundle, at a time."""
        return cls(bundle.rows, bundle.faults(now))

    def listings(self, row: int) -> tuple[Listing, ...]:
        """Whom a row is of; none for one under 0."""
        return self._listings[self.addresses[row]] if row >= 0 else ()

    def screen(self, texts: Sequence[str]) -> DirectVerdicts:
        """The verdicts on many addresses."""
        script, size = _scripts(texts)
        found = np.empty(len(texts), dtype=np.int64)
        script_table.find(self._known, self._size, self._slot, script, size, found)
        row = np.full(len(texts), NOBODY, dtype=np.int64)
        row[found >= 0] = self._kept[found[found >= 0]]
        errors: dict[int, QaifError] = {}
        for place in np.flatnonzero(size == 0).tolist():
            try:
                row[place] = self._row.get(address_as_listed(texts[place]), NOBODY)
            except QaifError as error:
                row[place], errors[place] = NO_ANSWER, error
        return DirectVerdicts(row, errors, self._absent)


def _scripts(texts: Sequence[str]) -> tuple[Bytes, Int64s]:
    """The scripts of texts that are plain addresses of mainnet, of length 0 for every other."""
    joined = "".join(texts)
    if joined.isascii():
        length = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        data = joined.encode()
    else:
        parts = [text.encode(errors="surrogatepass") for text in texts]
        length = np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))
        data = b"".join(parts)
    numbers = _MAINNET.p2pkh_version, _MAINNET.p2sh_version
    bytes_ = np.frombuffer(data, dtype=np.uint8)
    return read_addresses(bytes_, np.cumsum(length) - length, length, _MAINNET.bech32_hrp, *numbers)
