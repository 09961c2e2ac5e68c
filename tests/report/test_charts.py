"""Pictures: the same rows give the same bytes, and their marks stand where the amounts say."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest

from qaif.report.charts import CountBar, MonthBar, Stroke, activity_chart, monthly_chart, timeline_chart

BTC = 100_000_000
START = datetime(2020, 1, 15, 12, tzinfo=UTC)


def bars(count: int) -> list[MonthBar]:
    return [MonthBar(date(2020 + i // 12, i % 12 + 1, 1), (i + 1) * BTC, i * BTC) for i in range(count)]


def strokes(count: int) -> list[Stroke]:
    return [Stroke(START + timedelta(days=i), (-1) ** i * (i + 1) * 1_000_000) for i in range(count)]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace("xlink:href", "href"))  # noqa: S314  our own text


@pytest.mark.parametrize("count", [1, 2, 30, 60])
def test_a_picture_is_one_svg_without_anything_from_elsewhere(count: int) -> None:
    for svg in (monthly_chart("m", bars(count)), timeline_chart("t", strokes(count))):
        assert parsed(svg).tag == "svg"
        assert "<style" not in svg
        assert "<metadata" not in svg
        assert "http" not in svg
        assert "<image" not in svg


def test_the_same_rows_give_the_same_bytes_whatever_the_user_set() -> None:
    plain = monthly_chart("m", bars(30)), timeline_chart("t", strokes(30))
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "svg.hashsalt": None}):
        assert plain == (monthly_chart("m", bars(30)), timeline_chart("t", strokes(30)))
    assert monthly_chart("m", bars(31)) != plain[0]


def test_pictures_with_different_names_share_no_ids() -> None:
    ids = [set(re.findall(r'id="([^"]+)"', monthly_chart(name, bars(3)))) for name in ("a", "b")]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])


def test_a_reference_leads_into_its_own_picture() -> None:
    svg = timeline_chart("t", strokes(5))
    ids = set(re.findall(r'\bid="([^"]+)"', svg))
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= ids


def test_there_is_a_bar_up_and_a_bar_down_for_each_month_and_a_stroke_for_each_transaction() -> None:
    svg = monthly_chart("m", bars(30))
    assert svg.count("fill: #0f6b66") == svg.count("fill: #b4530a") == 30
    svg = timeline_chart("t", strokes(41))
    paths = re.findall(r'<path d="([^"]+)"[^>]*stroke: (#0f6b66|#b4530a)', svg)
    assert {colour: path.count("M") for path, colour in paths} == {"#0f6b66": 21, "#b4530a": 20}


def test_later_months_stand_further_right_and_larger_ones_higher() -> None:
    rectangles = re.findall(
        r'<path d="M ([\d.]+) ([\d.]+) \nL ([\d.]+) [\d.]+ \nL [\d.]+ ([\d.]+)', monthly_chart("m", bars(12))
    )
    ups = [(float(x), float(base) - float(top)) for x, base, _, top in rectangles if float(base) > float(top)]
    assert len(ups) >= 12
    assert ups[-12:] == sorted(ups[-12:])


@pytest.mark.parametrize(("count", "label"), [(1, "2020-01"), (12, "2020-06"), (24, "2021-01"), (60, "2023")])
def test_the_time_axis_names_months_or_years(count: int, label: str) -> None:
    assert f">{label}<" in monthly_chart("m", bars(count))


def test_a_change_is_marked_in_its_month_and_only_where_there_is_one() -> None:
    months = [CountBar(date(2020 + i // 12, i % 12 + 1, 1), i + 1, whole=i > 0) for i in range(30)]
    for since in (date(2020, 3, 1), date(2022, 3, 1)):
        marked = activity_chart("a", months, "Transactions", since)
        assert f"changed from {since:%Y-%m}" in marked
        assert parsed(marked).tag == "svg"
    plain = activity_chart("a", months, "Transactions", None)
    assert "changed" not in plain
    assert "Transactions a month" in plain
    whole = activity_chart("a", [replace(one, whole=True) for one in months], "Transactions", None)
    assert "fill: #dcd6ca" not in whole
    assert "fill: #dcd6ca" in plain  # a month that is held in part is pale
