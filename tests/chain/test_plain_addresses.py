"""The quick reader says yes to addresses alone, and to nearly all of them."""

import random

import pytest

from oracle.addresses import address
from qaif.chain.addresses import parse_address
from qaif.chain.plain_addresses import is_plain_address
from qaif.errors import QaifError
from qaif.feeds.networks import NETWORKS


def scripts(rng: random.Random) -> list[bytes]:
    twenty, other = rng.randbytes(20), rng.randbytes(32)
    return [
        b"\x76\xa9\x14" + twenty + b"\x88\xac",
        b"\xa9\x14" + twenty + b"\x87",
        b"\x00\x14" + twenty,
        b"\x00\x20" + other,
        b"\x51\x20" + other,
    ]


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_every_usual_address_is_known_and_only_for_its_network(network: object) -> None:
    rng = random.Random(5)  # noqa: S311  a seed makes it the same each time
    for _ in range(60):
        for script in scripts(rng):
            text = address(script, network.name)  # type: ignore[attr-defined]
            assert text is not None
            assert is_plain_address(text, network)  # type: ignore[arg-type]
            for other in NETWORKS.values():
                assert is_plain_address(text, other) is is_address(text, other)


def test_a_yes_is_an_address_as_core_writes_it() -> None:
    rng = random.Random(6)  # noqa: S311  a seed makes it the same each time
    network, letters = NETWORKS["mainnet"], "1bcqQpz0oOlI2 \n\u0661"
    for _ in range(400):
        for script in scripts(rng):
            text = address(script, "mainnet")
            assert text is not None
            place = rng.randrange(len(text))
            for wrong in (
                text[:place] + rng.choice(letters) + text[place + 1 :],
                text[:place] + text[place + 1 :],
                text.upper(),
                "1" + text,
                text + "\n",
            ):
                if is_plain_address(wrong, network):
                    assert parse_address(wrong, network).address == wrong


@pytest.mark.parametrize(
    "text",
    [
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",  # BIP 350: version 0 with the later checksum
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",  # of the wrong checksum
        "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du",  # BIP 173: padding of more than four bits
        "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf",
        "11111111111111111111111111",
        "",
    ],
)
def test_near_misses_are_not_known(text: str) -> None:
    assert not is_plain_address(text, NETWORKS["mainnet"])


def is_address(text: str, network: object) -> bool:
    try:
        return parse_address(text, network).address == text  # type: ignore[arg-type]
    except QaifError:
        return False
