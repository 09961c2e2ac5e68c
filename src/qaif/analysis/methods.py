"""Every inference method: its id, version, what it concludes, and what was measured of its error."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """One method, as answers name it.

    Attributes:
        id: its stable name.
        version: goes up when its conclusions can change.
        sentence: what it concludes, and from what.
        measured: what was measured of its error, on which data, with counts.
        limits: where it says nothing or can be wrong.
    """

    id: str
    version: int
    sentence: str
    measured: str
    limits: str


SPENDER_SCRIPT = Method(
    id="spender-script",
    version=1,
    sentence=(
        "An input whose spent output is not held spends the script that follows from the public key, the "
        "redeem script or the witness script that the input itself shows."
    ),
    measured="Not measured yet.",
    limits=(
        "Says nothing of pay-to-public-key, bare multisig, taproot and unusual scripts. A script made on "
        "purpose to be spent by an input of the same look would deceive it."
    ),
)

SAME_KEY = Method(
    id="same-key",
    version=1,
    sentence=(
        "One public key can be written as several scripts; whoever can spend one of them can spend "
        "the others."
    ),
    measured="Follows from arithmetic; that anybody uses the other script does not follow.",
    limits="From a hash alone the compressed form of the key is assumed where the condition says so.",
)

METHODS: dict[str, Method] = {method.id: method for method in (SPENDER_SCRIPT, SAME_KEY)}
