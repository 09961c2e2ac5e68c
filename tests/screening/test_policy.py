"""Policies: those that come with the program, mistakes named by line, and what the schema cannot say."""

from pathlib import Path

import pytest
import yaml

from qaif.errors import InputError, NotFoundError
from qaif.screening.policy import Policy, policy_named, read_policy, ready_policies, schema

GOOD = """\
policy: one
version: 3
title: One
jurisdictions: [US, UN]
limits: {list_days: 2, tip_minutes: 60}
score: true
four_eyes: [hold]
rules:
  - id: listed
    text: It is listed.
    severity: critical
    outcome: hold
    weight: 100
    when:
      listed: {by: [US]}
  - id: tags
    text: Two say so.
    severity: low
    outcome: alert
    when:
      tag: {category: [ransomware], least_roots: 2}
      transfer: {direction: in, least_sat: 5000}
"""


def read(text: str) -> Policy:
    return read_policy(text.encode(), "one.yaml")


def test_a_policy_is_read() -> None:
    policy = read(GOOD)
    assert (policy.name, policy.version, policy.jurisdictions) == ("one", 3, ("US", "UN"))
    assert (policy.list_days, policy.tip_minutes, policy.dust_sat) == (2, 60, 1000)
    assert (policy.score, policy.four_eyes) == (True, ("hold",))
    listed, tags = policy.rules
    assert listed.when.listed_by == ("US",)
    assert (listed.weight, tags.weight) == (100, 0)
    assert tags.when.tag is not None
    assert tags.when.tag.least_roots == 2
    assert tags.when.transfer is not None
    assert (tags.when.transfer.direction, tags.when.transfer.least_sat) == ("in", 5000)
    assert policy.sha256 != read(GOOD + "\n").sha256


@pytest.mark.parametrize("name", ready_policies())
def test_those_that_come_with_the_program_are_policies(name: str) -> None:
    policy = policy_named(name)
    assert policy.name == name
    assert [rule for rule in policy.rules if rule.when.listed_by]


def test_there_are_policies_for_exchanges_and_a_desk() -> None:
    assert set(ready_policies()) == {"us-exchange", "eu-exchange", "uk-exchange", "research-desk"}
    assert policy_named("us-exchange").jurisdictions == ("US",)


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("version: 3", "version: 0", 2, "minimum"),
        ("limits: {list_days: 2, tip_minutes: 60}", "limits: {list_days: 2}", 5, "tip_minutes"),
        ("score: true", "scores: true", 1, "scores"),
        ("    severity: low", "    severity: none", 18, "severity"),
        ("listed: {by: [US]}", "listed: {by: [usa]}", 15, "usa"),
        ("listed: {by: [US]}", "named: {by: [US]}", 15, "named"),
        ("  - id: tags", "  - id: listed", 16, "twice"),
        (
            "      tag: {category: [ransomware], least_roots: 2}",
            "      contact: {direction: in}",
            21,
            "contact",
        ),
        (
            "      tag: {category: [ransomware], least_roots: 2}",
            "      contact: {category: [a], least_hops: 3, most_hops: 2}",
            21,
            "least_hops",
        ),
        ("  - id: tags", "  - id: [tags", 0, "not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, line: int, word: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as refused:
        read(GOOD.replace(old, new, 1))
    assert word in str(refused.value)
    if line:
        assert refused.value.details["line"] == line or f"line {line}:" in str(refused.value)


@pytest.mark.parametrize(
    "when",
    [
        "tag: {category: [ransomware]}",
        "contact: {category: [ransomware], most_hops: 1}",
        "indicators: {any_of: [a, b]}",
        "first_seen: {most_days: 2}",
    ],
)
def test_no_more_than_an_alert_from_one_tag_or_indicator(when: str) -> None:
    text = GOOD.replace("listed: {by: [US]}", when, 1)
    with pytest.raises(InputError, match="no more than an alert"):
        read(text)
    read(text.replace("outcome: hold", "outcome: alert", 1))


def test_what_is_no_policy_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"[]", b"a: &x 1\nb: *x\n", b"\xff", b"x" * (2 << 20)):
        with pytest.raises(InputError):
            read_policy(content, "x.yaml")
    with pytest.raises(NotFoundError, match="us-exchange"):
        policy_named(str(tmp_path / "none.yaml"))
    path = tmp_path / "own.yaml"
    path.write_text(GOOD)
    assert policy_named(str(path)).name == "one"


def test_the_schema_says_what_is_read() -> None:
    """Every part of a condition that the schema allows is one that a rule keeps."""
    for part in ("contact", "tag", "indicators", "transfer"):
        node = schema()["$defs"].get(part) or schema()["$defs"]["when"]["properties"][part]
        for key, value in node["properties"].items():
            sample = {"type": value.get("type"), "enum": value.get("enum"), "ref": value.get("$ref")}
            given: object = 1
            if sample["enum"]:
                given = sample["enum"][0]
            elif sample["type"] == "array" or sample["ref"]:
                given = ["US"]
            elif sample["type"] == "string":
                given = "2020-01-01"
            required = {name: ["US"] for name in node.get("required", [])} | (
                {"entity": ["a"]} if part == "contact" else {}
            )
            told = yaml.safe_load(GOOD)
            told["rules"][1]["when"] = {part: required | {key: given}}
            rule = read(yaml.safe_dump(told)).rules[1]
            kept = getattr(getattr(rule.when, part), key)
            assert kept == (tuple(given) if isinstance(given, list) else given)
