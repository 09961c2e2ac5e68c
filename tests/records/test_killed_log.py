"""A process killed while it writes to the audit log leaves whole batches, and all that it was told of."""

import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from qaif.records.engine import Records

BATCH = 25
WRITER = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from qaif.records.audit_tree import ToRecord
from qaif.records.engine import Records
with Records.open(Path(sys.argv[1])) as records:
    while True:
        at = datetime.now(UTC)
        made = [ToRecord(at=at, action="tried", subject=f"n{{n}}", query=f"q{{n}}") for n in range({BATCH})]
        numbers = records.tree.append(made)
        print(numbers[-1], flush=True)
        if numbers[-1] % 100 == 0:
            records.tree.checkpoint()
"""


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_writer_leaves_a_whole_log(tmp_path: Path, seed: int) -> None:
    lines = Random(seed).randint(1, 40)  # noqa: S311  a test's dice
    command = (sys.executable, "-c", WRITER, str(tmp_path))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        last = [int(writer.stdout.readline()) for _ in range(lines)][-1]
        writer.send_signal(signal.SIGKILL)
        told = [int(line) for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    last = max([last, *told])
    with Records.open(tmp_path) as records:
        size = records.tree.size()
        assert size >= last
        assert size % BATCH == 0
        checked = records.checked([last])
        assert checked.problems == ()
        assert checked.roots[last] == records.tree.checkpoint(last).root
        with records.reading() as connection:
            texts = connection.exec_driver_sql("SELECT count(*) FROM audit_texts").scalar_one()
        assert texts == size
