"""The table that scripts are found by, against a dictionary."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qaif.kernels import script_table
from qaif.kernels.loads import Bytes, Int64s

SCRIPTS = st.lists(st.binary(min_size=1, max_size=9), max_size=40, unique=True)


def rows_of(scripts: list[bytes]) -> tuple[Bytes, Int64s]:
    out = np.zeros((len(scripts), 10), dtype=np.uint8)
    for row, script in enumerate(scripts):
        out[row, : len(script)] = np.frombuffer(script, dtype=np.uint8)
    return out, np.array([len(script) for script in scripts], dtype=np.int64)


@given(SCRIPTS, st.lists(st.binary(max_size=9), max_size=40))
def test_twin_scripts_are_found_as_in_a_dictionary(known: list[bytes], others: list[bytes]) -> None:
    twin = {script: row for row, script in enumerate(known)}
    slot = np.empty(2 << max(len(known), 1).bit_length(), dtype=np.int64)
    script_table.fill(*rows_of(known), slot)
    asked = [*known, *others]
    row = np.empty(len(asked), dtype=np.int64)
    script_table.find(*rows_of(known), slot, *rows_of(asked), row)
    assert row.tolist() == [twin.get(script, -1) for script in asked]
