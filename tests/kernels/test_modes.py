"""The twins' cases once more in other processes: each SHA-256, with bounds checked, and as plain Python."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qaif.kernels import machine

HERE = Path(__file__).parent
ASK = "from qaif.kernels import sha256; print(sha256.backend())"


def python(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **changes}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def run_twins(*files: str, examples: int, **changes: str) -> None:
    done = python(
        *("-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-k", "twin"),
        *(str(HERE / file) for file in files),
        QAIF_TEST_EXAMPLES=str(examples),
        **changes,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.slow
def test_with_bounds_checked(tmp_path: Path) -> None:
    run_twins(
        *("test_parse.py", "test_script.py", "test_merkle.py", "test_sha256.py", "test_address.py"),
        *("test_sums.py", "test_muhash.py", "test_coins.py", "test_join.py", "test_sort.py", "test_fees.py"),
        *("test_pages.py", "test_tx_shape.py", "test_tx_change.py", "test_flow.py", "test_union_find.py"),
        "test_made_txs.py",
        *("test_flow_chain.py", "test_flow_paths.py", "test_mix_rules.py", "test_address_read.py"),
        "test_script_table.py",
        examples=10,
        NUMBA_BOUNDSCHECK="1",
        QAIF_CACHE_DIR=str(tmp_path),
    )


def test_as_plain_python() -> None:
    run_twins(
        *("test_parse.py", "test_script.py", "test_merkle.py", "test_sha256.py", "test_address.py"),
        *("test_sums.py", "test_muhash.py", "test_coins.py", "test_fees.py", "test_tx_shape.py"),
        *("test_tx_change.py", "test_flow.py", "test_union_find.py", "test_made_txs.py"),
        *("test_flow_paths.py", "test_mix_rules.py", "test_address_read.py"),
        examples=2,
        NUMBA_DISABLE_JIT="1",
    )


@pytest.mark.parametrize("backend", [machine.SHA_NI, machine.LIBCRYPTO, machine.NUMBA])
def test_each_backend(backend: str) -> None:
    if python("-c", ASK, QAIF_SHA256=backend).returncode:
        pytest.skip(f"this machine cannot hash with {backend}")
    assert python("-c", ASK, QAIF_SHA256=backend).stdout.strip() == backend
    run_twins("test_sha256.py", examples=20, QAIF_SHA256=backend)


def test_an_impossible_backend_is_refused() -> None:
    done = python("-c", ASK, QAIF_SHA256="abacus")
    assert done.returncode
    assert "QAIF_SHA256='abacus' is not possible here" in done.stderr


def test_a_changed_kernel_or_flag_is_another_cache() -> None:
    ask = "from qaif.kernels import jit; print(jit.CACHE_DIR)"
    plain = python("-c", ask).stdout
    assert plain == python("-c", ask).stdout
    assert plain != python("-c", ask, NUMBA_BOUNDSCHECK="1").stdout
    assert plain != python("-c", ask, QAIF_SHA256="numba").stdout


@pytest.mark.parametrize("flag", ["NUMBA_BOUNDSCHECK", "NUMBA_DISABLE_JIT"])
def test_the_slower_modes_do_notice_a_read_out_of_range(tmp_path: Path, flag: str) -> None:
    ask = (
        "import numpy as np\nfrom qaif.kernels.loads import load_u16\nfrom qaif.kernels.jit import jit\n"
        "@jit\ndef read(data, at):\n    return load_u16(data, at)\n"
        "assert read(np.ones(3, np.uint8), 1) == 257\nread(np.ones(3, np.uint8), 2)"
    )
    script = tmp_path / "ask.py"
    script.write_text(ask)
    done = python(str(script), **{flag: "1", "QAIF_CACHE_DIR": str(tmp_path)})
    assert "IndexError" in done.stderr
