import pytest

from qaif.evidence.sums import agree, read_sum


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("24000000 USD", "29000000 USD", False),
        ("24000000", "24,000,000 USD", True),
        ("24000000 USD", "24000000 EUR", False),
        ("3370 BTC", "3370.4 BTC", True),
        ("3000000", "3200000", True),
        ("1000000", "1400000", False),
        ("3200000", "3300000", False),
        ("0", "0.00", True),
        ("0", "1", False),
        ("-5", "5", False),
    ],
)
def test_sums_agree_where_one_is_the_other_rounded(one: str, other: str, *, same: bool) -> None:
    left, right = read_sum(one), read_sum(other)
    assert left is not None
    assert right is not None
    assert (agree(left, right), agree(right, left)) == (same, same)


@pytest.mark.parametrize("text", ["", "USD", "ten million", "12 13a", "1.2.3.4 USD EUR", "--5"])
def test_what_is_no_sum_is_not_read(text: str) -> None:
    assert read_sum(text) is None
