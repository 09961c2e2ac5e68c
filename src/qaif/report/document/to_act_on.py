"""Files beside a report that somebody acts on: the policy made from the case, and requests to services."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qaif.report.request_texts import LANGUAGES, request_text

POLICY_NAME = "policy-from-the-case.yaml"


def write_files_to_act_on(material: Mapping[str, Any], folder: Path, languages: Sequence[str]) -> None:
    """Write the policy, and each request in each language that there are texts in.

    Args:
        material: a `CaseMaterial` as JSON.
        folder: it exists.
        languages: codes of languages.

    Raises:
        OSError: a file cannot be written.
    """
    judged = material["judged"]
    if judged["recommended"]:
        _write(folder / POLICY_NAME, judged["recommended"]["policy"])
    numbered = enumerate(
        ((answer, one) for answer in judged["requests"] for one in answer["requests"]), start=1
    )
    for number, (answer, one) in numbered:
        for code in (code for code in languages if code in LANGUAGES):
            _write(folder / f"request-{number:03d}.{code}.txt", request_text(answer, one, code))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
