"""All detectors, and what they say of one transaction."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from qaif.analysis.accuracy import figures_of
from qaif.analysis.accuracy import measured as measured_of
from qaif.analysis.shapes.contract import Detector, Word
from qaif.analysis.shapes.mixes import MIXES
from qaif.analysis.shapes.neighbours import VERSION, sharpened
from qaif.analysis.shapes.ordinary import ORDINARY
from qaif.chain.open import Chain

DETECTORS: tuple[Detector, ...] = (*MIXES, *ORDINARY)


@dataclass(frozen=True)
class Detected:
    """What one detector says of one transaction.

    Attributes:
        method: the detector's id and version, such as `wasabi-1/1`, and that of the rules for neighbours
            where those decided.
        title: what it detects.
        verdict: yes, no or unknown.
        reason: why.
        mix: of this kind, a transaction is of several owners.
        limits: where the detector says nothing or can be wrong.
        measured: what was measured of its error, on which data.
        layer: a shape suggests; it proves nothing.
    """

    method: str
    title: str
    verdict: Word
    reason: str
    mix: bool
    limits: str
    measured: str
    layer: Literal["inference"] = "inference"


def detected(chain: Chain, tx_num: int) -> tuple[Detected, ...]:
    """What every detector says of a transaction, in the detectors' order."""
    one = np.array([tx_num], dtype=np.int64)
    out = []
    for detector in DETECTORS:
        said, near = sharpened(chain, detector, one)
        method = f"{detector.id}/{detector.version}"
        out.append(
            Detected(
                method=f"{method}+neighbours/{VERSION}" if near[0] else method,
                title=detector.title,
                verdict=said.word(0),
                reason=said.reason(0),
                mix=detector.mix,
                limits=detector.limits,
                measured=measured_of(method) if figures_of(method) else detector.measured,
            )
        )
    return tuple(out)
