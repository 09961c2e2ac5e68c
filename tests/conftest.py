import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what it puts in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)

# a run in a slower mode (see tests/kernels/test_modes.py) asks for fewer random cases
_EXAMPLES = int(os.environ.get("QAIF_TEST_EXAMPLES", "100"))
settings.register_profile("qaif", deadline=None, print_blob=True, max_examples=_EXAMPLES)
settings.load_profile("qaif")

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published data beside the repository, or a skip that says why."""
    folder = Path(os.environ.get("QAIF_SHARED_DATA", str(SHARED)))
    if not (folder / "README.md").is_file():
        pytest.skip(f"the shared data is not there: {folder}")
    return folder
