"""The vote: shares by its weights, weights that are found again, and what the product's own file holds."""

from fractions import Fraction
from math import exp

import numpy as np
import pytest

from oracle.tx_change import MadeIn, MadeOut, MadeTx
from qaif.analysis.change.contract import Heuristic, possible
from qaif.analysis.change.fitting import examples, fit, join
from qaif.analysis.change.heuristics import BY_ID, HEURISTICS
from qaif.analysis.change.vote import Vote, vote_from, votes
from support.changing import bits_of, ints

ROUND, TYPE = BY_ID["round-value"], BY_ID["script-type"]


def vote(*weights: int, none: int = -2_000, heuristics: tuple[Heuristic, ...] = (ROUND, TYPE)) -> Vote:
    return Vote("test", 1, heuristics, ints(weights), none, "made up")


def payment(paid: int, change: int, kind: str = "witness_v0_keyhash", *more: MadeOut) -> MadeTx:
    return MadeTx([MadeIn(10**9, 1)], [MadeOut(paid, 2, kind), MadeOut(change, 3), *more])


def test_shares_follow_from_the_weights() -> None:
    made = payment(4_000_000, 3_123_457, "pubkeyhash", MadeOut(0, 4, "nulldata"))
    shares = vote(1_500, -700, 900, -300).shares(bits_of([made]))
    parts = [exp(-1.0), exp(2.4), exp(-2.0)]
    expected = [round(1000 * part / sum(parts)) for part in parts]
    assert shares.output.tolist() == [*expected[:2], 0]
    assert shares.none.tolist() == expected[2:]


def test_a_sure_vote_keeps_one_and_an_unsure_vote_all() -> None:
    made = [payment(4_000_000, 3_123_457), payment(4_123_456, 3_123_457)]
    sure = vote(5_000, -5_000, 0, 0)
    assert sure(bits_of(made)).tolist() == [False, True, True, True]
    assert vote(100, -100, 0, 0)(bits_of(made)).tolist() == [True] * 4
    assert sure.shares(bits_of(made[1:])).output.tolist() == [468, 468]


def test_nothing_possible_has_no_share() -> None:
    coinbase = MadeTx([MadeIn(None, None)], [MadeOut(5, 1), MadeOut(7, 2)], coinbase=True)
    bits = bits_of([coinbase])
    shares = vote(1, 2, 3, 4).shares(bits)
    assert (shares.output.tolist(), shares.none.tolist()) == ([0, 0], [1000])
    assert not possible(bits).any()


def test_fitting_finds_how_often_a_heuristic_is_right() -> None:
    rng = np.random.default_rng(3)
    made, truth = [], []
    for _ in range(4_000):
        right, any_change = rng.random() < 0.9, rng.random() < 0.8
        made.append(payment(4_000_000, 3_123_457))
        truth += [any_change and not right, any_change and right]
    bits = bits_of(made)
    used = np.ones(len(made), dtype=np.bool_)
    given = examples((ROUND,), bits, np.array(truth), used)
    weights, none = fit(join([given]))
    shares = Vote("t", 1, (ROUND,), weights, none, "").shares(bits)
    share = Fraction(int(sum(truth[1::2])), len(made))
    assert abs(shares.output[1] - round(1000 * share)) <= 5
    assert abs(shares.none[0] - 200) <= 20
    half = examples((ROUND,), bits, np.array(truth), used & (np.arange(len(made)) % 2 == 0))
    assert (half.count, len(half.row), given.count) == (2_000, 4_000, 4_000)


def test_an_example_has_two_outputs_and_not_two_changes() -> None:
    made = [payment(5, 7), MadeTx([MadeIn(9, 1)], [MadeOut(5, 1)]), payment(5, 8)]
    given = examples((ROUND,), bits_of(made), np.array([True, True, True, True, False]), np.ones(3, np.bool_))
    assert (given.count, given.row.tolist(), given.change.tolist()) == (1, [0, 0], [True, False])


def test_a_vote_of_a_file_names_its_heuristics() -> None:
    document = {
        "id": "v",
        "version": 2,
        "origin": "o",
        "none": -5,
        "weights": {"round-value": {"kept": 1, "ruled_out": 2}, "later-cospend": {"kept": 3, "ruled_out": 4}},
    }
    found = vote_from(document)
    assert found.method == "v/2"
    assert [one.id for one in found.heuristics] == ["round-value", "later-cospend"]
    assert found.weights.tolist() == [1, 2, 3, 4]
    with pytest.raises(KeyError):
        vote_from({**document, "weights": {"no-such": {}}})


def test_votes_that_need_no_later_block_ask_no_heuristic_that_does() -> None:
    for name, found in votes().items():
        assert found.origin
        voters = [each for each in HEURISTICS if not (name.endswith("now") and each.later)]
        assert list(found.heuristics) == voters
