"""What is seen of a transaction that a detector got wrong: parties by their amounts, and forms."""

from pathlib import Path
from random import Random

import pytest

from campaigns.mixes_looked_at import A_MIX, NO_MIX, OPEN, Tx, listed, seen
from campaigns.parties import parties


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311  examples, not secrets


def mixed(rng: Random, makers: int) -> tuple[list[int], list[int]]:
    """Inputs and outputs of a mix: makers earn a little, a taker pays them and the network."""
    size = rng.randrange(1_000_000, 50_000_000)
    ins: list[int] = []
    outs, paid = [size] * (makers + 1), 0
    for _ in range(makers):
        have = [rng.randrange(size // 2, 3 * size) for _ in range(rng.randrange(1, 3))]
        have[0] += size
        earned = rng.randrange(0, size // 1_000)
        ins, paid = [*ins, *have], paid + earned
        outs.append(sum(have) - size + earned)
    ins.append(2 * size)
    outs.append(size - paid - 20_000)
    return ins, outs


@pytest.mark.parametrize("seed", range(20))
def test_parties_of_a_made_mix_are_found(seed: int) -> None:
    rng = seeded(seed)
    ins, outs = mixed(rng, 5)
    rng.shuffle(ins)
    found = parties(ins, outs)
    assert found.shares == 6
    assert found.found >= 5
    assert found.shown


def test_amounts_drawn_at_random_have_none_and_few_parties_show_nothing() -> None:
    shown = 0
    for seed in range(60):
        rng = seeded(seed)
        ins = [rng.randrange(1_000_000, 90_000_000) for _ in range(12)]
        size = rng.randrange(1_000_000, 9_000_000)
        shown += parties(ins, [size] * 5 + [rng.randrange(1_000, 40_000_000) for _ in range(5)], 100).shown
    assert shown <= 4
    ins, outs = mixed(seeded(1), 2)
    assert not parties(ins, outs).shown


def test_forms_are_named() -> None:
    def tx(ins: list[int | None], outs: list[tuple[int, str]]) -> Tx:
        return Tx("", [(value, f"0014{place:02x}") for place, value in enumerate(ins)], outs)

    pool = tx([100_000, 100_500, 100_000, 101_000, 100_000], [(100_000, f"0020{n:02x}") for n in range(5)])
    assert seen(pool).verdict == A_MIX
    assert seen(tx([700, 800], [(600, "0014aa"), (600, "0014aa")])).verdict == NO_MIX
    assert (
        seen(tx([90_000, 90_000], [(546, "0014aa"), (546, "0014bb"), (70_000, "0014cc")])).verdict == NO_MIX
    )
    assert seen(tx([None, 9_000], [(5_000, "0014aa"), (5_000, "0014bb")])).verdict == OPEN


def test_published_ones(shared: Path) -> None:
    said_mix = listed(shared / "coinjoins" / "wasabi2.jsonl.gz")
    own = said_mix["a4f995fdce3f4064748d40ac3fa33ba776c00f9152524ab1756d63ec46aa439e"]
    assert seen(own).verdict == NO_MIX
    said_none = listed(shared / "coinjoins" / "after_wasabi1.jsonl.gz")
    mix = said_none["76caebb214e17a670dff458aff874eb0ed25dae60740b1e84725a10ced2bc78b"]
    assert seen(mix).verdict == A_MIX
