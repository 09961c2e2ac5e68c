"""`a * b // c` of amounts, exactly, though the product passes 64 bits.

Amounts are under 2^51 (21 million bitcoin have 51 bits), `0 <= a <= c` and `0 <= b`, `c > 0`.
"""

from qaif.kernels.jit import jit

_SMALL = 4.0e18  # a product under this, found in floating point, fits in 63 bits
_STEP = 12  # 51 + 12 = 63 bits: what a step's remainder needs
_STEPS = 5  # 5 * 12 >= 51


@jit
def share(a: int, b: int, c: int) -> int:
    """The whole part of `a * b / c`."""
    if a == 0 or b == 0:
        return 0
    if a == c:
        return b
    if float(a) * float(b) < _SMALL:
        return a * b // c
    whole, left = 0, 0
    for step in range(_STEPS - 1, -1, -1):
        digit = (b >> (step * _STEP)) & ((1 << _STEP) - 1)
        # both products stay under 2^63; their sum would not, so they are divided apart
        first = left << _STEP
        second = a * digit
        whole = (whole << _STEP) + first // c + second // c
        left = first % c + second % c
        if left >= c:
            left -= c
            whole += 1
    return whole
