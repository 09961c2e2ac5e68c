"""Where a series of counts changes its level: a description of it in stretches, without a chance attached.

KernelCPD of ruptures (C. Truong, L. Oudre, N. Vayatis, Signal Processing 167, 2020) with the linear kernel on
counts transformed as by F. Anscombe, Biometrika 35, 1948, which makes their scatter even.
"""

from dataclasses import dataclass

import numpy as np

from qaif.analysis.activity.designs import LEAST_SIDE
from qaif.analysis.activity.model import Floats
from qaif.units import Int64s

_PENALTY = 3.0  # times the scatter and the logarithm of the length
_ANSCOMBE = 3 / 8


@dataclass(frozen=True)
class Segment:
    """Periods of one level: places first to last, both included, and what was counted in them."""

    first: int
    last: int
    count: int
    exposure: float


def segments(counts: Int64s, exposure: Floats, phi: float) -> tuple[Segment, ...]:
    """Cut a series into stretches of one level.

    Args:
        counts: shape (periods,).
        exposure: what they are in proportion to.
        phi: variance over mean within a stretch.
    """
    ends = [len(counts)] if len(counts) < 2 * LEAST_SIDE else _ends(counts, exposure, max(phi, 1.0))
    starts = [0, *ends[:-1]]
    return tuple(
        Segment(low, high - 1, int(counts[low:high].sum()), float(exposure[low:high].sum()))
        for low, high in zip(starts, ends, strict=True)
        if high > low
    )


def _ends(counts: Int64s, exposure: Floats, phi: float) -> list[int]:
    import ruptures  # late: it takes a second to import

    even = counts / exposure * float(exposure.mean())
    signal = 2.0 * np.sqrt(even + _ANSCOMBE)
    finder = ruptures.KernelCPD(kernel="linear", min_size=LEAST_SIDE).fit(signal[:, None])
    return [int(end) for end in finder.predict(pen=_PENALTY * phi * float(np.log(len(counts))))]
