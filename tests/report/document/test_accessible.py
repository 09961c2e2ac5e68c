"""Report pages pass axe-core in a real browser, in both languages; a page with faults does not."""

from pathlib import Path

from qaif.report.document.written import manner, write_report
from support.axe import violations
from support.sample_material import material


def test_axe_finds_nothing_against_reports_and_something_against_a_bad_page(tmp_path: Path) -> None:
    write_report(material(simulated=True), tmp_path, manner("en,ar", "html"))
    bad = tmp_path / "bad.html"
    bad.write_text("<html><body><img src=x><p style='color:#eee;background:#fff'>pale</p></body></html>")
    told = violations([tmp_path / "report.en.html", tmp_path / "report.ar.html", bad])
    assert told[0] == []
    assert told[1] == []
    assert {"image-alt", "color-contrast", "html-has-lang"} <= {one["id"] for one in told[2]}
