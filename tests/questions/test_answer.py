from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from qaif.questions.answer import Answer, AsOf, CoverageOf, as_json, weakest


@dataclass(frozen=True)
class Part:
    when: date
    amount: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Example(Answer):
    total_sat: int
    parts: tuple[Part, ...]


def test_the_envelope_comes_first_and_values_keep_their_kind() -> None:
    answer = Example(
        layer="inference",
        basis={"price": Decimal("1E+2")},
        as_of=AsOf(None, "00", "2009-01-03T18:15:05Z", "unknown"),
        coverage=CoverageOf(complete=False, reasons=("because",)),
        total_sat=2**60,
        parts=(Part(date(2020, 1, 2), Decimal("0.10")), Part(date(2020, 1, 3), None)),
    )
    written = as_json(answer)
    assert list(written) == ["layer", "basis", "as_of", "coverage", "total_sat", "parts"]
    assert written["as_of"] == {
        "height": None,
        "hash": "00",
        "time": "2009-01-03T18:15:05Z",
        "basis": "unknown",
    }
    assert written["coverage"] == {"complete": False, "reasons": ["because"], "told": False, "scripts": []}
    assert written["basis"] == {"price": "100"}
    assert written["total_sat"] == 2**60
    assert written["parts"] == [
        {"when": "2020-01-02", "amount": "0.10"},
        {"when": "2020-01-03", "amount": None},
    ]


@pytest.mark.parametrize("bad", [1.5, b"bytes", {1, 2}])
def test_what_must_not_leave_is_refused(bad: object) -> None:
    with pytest.raises(TypeError):
        as_json(Answer(basis={"bad": bad}))


def test_an_answer_is_as_weak_as_its_weakest_part() -> None:
    assert weakest([]) == "fact"
    assert weakest(["inference", "fact"]) == "inference"
    assert weakest(["claim", "inference"]) == "claim"
