"""A case's material made from the sample investigation, with hostile text wherever text can stand."""

from typing import Any

from qaif.questions.answer import CoverageOf, as_json
from qaif.questions.case_judged import JudgedMaterial
from qaif.questions.case_material import CaseMaterial, JournalRow
from qaif.questions.said_of import SaidOfIt
from support import sample_case as sample

ODD = '\x00\x1b[31m \u202eevil\u2066 \U0001f4a9 中文 #strong[x] $a$ \\ " */ // `raw` @cite <e1>'
PINS = {
    "chain": "00" * 32,
    "height": "450000",
    "claims_row": "3",
    "claims": "row 3, ab",
    "lists": "none",
    "prices": sample.HOSTILE,
    "policy": "research-desk/1, cd",
    "program": "qaif 0",
}


def material(**changes: Any) -> dict[str, Any]:
    """The material as JSON."""
    said = SaidOfIt(
        f"operated by {ODD}", f"A court {sample.HOSTILE}", ("A file", ODD), 1,
        "alleged", "C", 3, "", "cd" * 32, (3, 9), "ef" * 32,
    )  # fmt: skip
    found = sample.investigation(addresses=(sample.found(claims=(said,)),))
    rows = (
        JournalRow(1, "2020-01-20T10:00:00Z", sample.HOSTILE, "opened", 0, "", "", ODD),
        JournalRow(2, "2020-01-21T10:00:00Z", "Ada", "rejected", 1, "document", sample.HOSTILE, ODD),
        JournalRow(3, "2020-01-22T10:00:00Z", "Ada", "judged", 0, "", "", ODD, "likely", "low"),
    )
    answer = CaseMaterial(
        layer="claim",
        as_of=sample.AS_OF,
        coverage=CoverageOf(complete=True),
        title=f"Case {sample.HOSTILE} {ODD}",
        simulated=False,
        pins=PINS,
        journal=rows,
        investigations=(found,),
        more=(),
        more_left_out=0,
        campaigns=(),
        judged=JudgedMaterial((), (), (), None),
    )
    return as_json(answer) | changes
