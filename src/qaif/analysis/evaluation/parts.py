"""Which transactions rules and weights may be tuned on, and which are kept out: by a hash, fixed once.

A transaction is kept out where the first byte of the SHA-256 of its id (wire order) is odd. So it is the same
in every set, however a set is ordered or cut.
"""

from collections.abc import Iterable
from hashlib import sha256

import numpy as np

from qaif.units import Bools

TUNING, KEPT_OUT = "tuning part", "kept out of tuning"


def kept_out(txids_raw: Iterable[bytes]) -> Bools:
    """Which transactions are kept out of tuning: bool[n]."""
    return np.array([sha256(txid).digest()[0] & 1 for txid in txids_raw], dtype=np.bool_)
