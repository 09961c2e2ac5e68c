from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from qaif.errors import InputError
from qaif.evidence.exchange.bounded_yaml import read_yaml
from qaif.evidence.exchange.quick import bitcoin_key
from qaif.evidence.exchange.tagpack import PackReader, pack_of, written
from qaif.evidence.vocabulary import wallet_key
from qaif.questions.tagpacks import dumped
from qaif.records.engine import Records
from qaif.records.statement import Entry
from support.naughty import NAUGHTY

ENTRY = Entry(entered_by="t", entered_at="2026-11-25T00:00:00Z", tool="t")
ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
HEAD = {"title": "A pack", "creator": "Somebody", "currency": "BTC", "lastmod": date(2024, 2, 26)}


def _through(folder: Path, pack: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """A pack through YAML, the log of statements, and YAML again; and what was counted."""
    read = pack_of(read_yaml(dumped(pack).encode(), "a.yaml"), "a.yaml")
    reader = PackReader(read)
    folder.mkdir(exist_ok=True)
    with Records.open(folder) as records:
        records.statements.say(reader.statements(), ENTRY)
        back = written(records.statements.of_dataset(read.dataset))
    again = yaml.load(dumped(back), Loader=yaml.CSafeLoader)
    assert again == back
    return dict(again), reader.counts


def test_every_published_pack_comes_out_as_it_went_in(shared: Path, tmp_path: Path) -> None:
    packs = sorted((shared / "labels" / "tagpacks").glob("*.yaml"))
    assert len(packs) == 15
    rows = wrong = 0
    for file in packs:
        if file.name == "ransomwhere.yaml":  # 22,000 lines: the slowest half of all packs; read below
            continue
        pack = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
        back, counts = _through(tmp_path / "all", pack)
        assert back == pack, file.name
        rows, wrong = rows + counts.rows, wrong + counts.wrong_network
    assert (rows, wrong) == (2510, 1)


def test_our_reader_of_yaml_reads_as_pyyaml_does(shared: Path) -> None:
    for file in sorted((shared / "labels" / "tagpacks").glob("*.yaml")):
        content = file.read_bytes()
        assert read_yaml(content, file.name) == yaml.load(content, Loader=yaml.CSafeLoader)


def test_naughty_labels_go_through_whole(tmp_path: Path) -> None:
    tags = [{"address": ADDRESS, "label": text, "context": text, "concepts": [text, "x"]} for text in NAUGHTY]
    back, _ = _through(tmp_path / "n", {**HEAD, "description": NAUGHTY[0], "tags": tags})
    assert back["tags"] == tags


def test_odd_shapes_go_through_whole(tmp_path: Path) -> None:
    tags = [
        {"address": ADDRESS, "label": "twice"},
        {"address": ADDRESS, "label": "twice"},
        {"tx_hash": "ab" * 32, "label": "a transaction"},
        {"address": 12345, "label": 7, "concepts": [], "confidence": None},
        {"address": ADDRESS, "concepts": ["a", "a"], "context": {"nested": [1, {"deep": date(2020, 1, 2)}]}},
        {"label": "no address at all"},
        {},
        {"address": "ETH:looks like ours", "network": "ETH", "actor": "somebody", "is_cluster_definer": True},
        {"address": ADDRESS, "unheard-of": "kept", "id": "kept too", "summary": "a", "label": "b"},
        {"address": ADDRESS, "currency": "ETH", "lastmod": "not a date"},
    ]
    back, counts = _through(tmp_path / "o", {**HEAD, "confidence": "web_crawl", "tags": tags})
    assert back == {**HEAD, "confidence": "web_crawl", "tags": tags}
    assert (counts.rows, counts.duplicates, counts.transactions, counts.no_confidence) == (10, 1, 1, 1)
    assert counts.wrong_network == 1
    assert counts.other_chain == 2
    assert counts.bitcoin == 4


def test_an_actor_pack_comes_out_as_it_went_in(tmp_path: Path) -> None:
    actors = [
        {
            "id": "example",
            "uri": "https://example.com",
            "label": "Example Exchange",
            "categories": ["exchange"],
            "jurisdictions": ["SC", "AE"],
            "aliases": ["Ex", "Example"],
            "context": {"uris": ["https://example.org"], "twitter_handle": "@example"},
        },
        {"id": "example", "label": "the same id again"},
        {"id": "bare"},
    ]
    pack = {"title": "Actors", "creator": "Somebody", "lastmod": date(2024, 1, 1), "actors": actors}
    back, counts = _through(tmp_path / "a", pack)
    assert back == pack
    assert (counts.rows, counts.duplicates) == (3, 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &x [1]\nb: *x", "an anchor"),
        ("a: *x", "alias"),
        ("a: !!python/object/apply:os.system ['x']", "the tag"),
        ("a: !mine x", "the tag"),
        ("a: 1\na: 2", "twice"),
        ("<<: {a: 1}", "no merge"),
        ("? [a, b]\n: 1", "the key"),
        ("a: 1\n---\nb: 2", "second document"),
        ("a: [", "not YAML"),
        ("a: " + "[" * 40 + "]" * 40, "levels"),
        ("a: 2021-99-99", "no timestamp"),
    ],
)
def test_yaml_that_could_do_harm_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_yaml(text.encode(), "x.yaml")


def test_what_is_no_pack_is_refused() -> None:
    values: tuple[Any, ...] = (None, [], {}, {"title": "t", "creator": "c"}, {"creator": "c", "tags": []})
    for value in values:
        with pytest.raises(InputError):
            pack_of(value, "x.yaml")
    with pytest.raises(InputError):
        pack_of({"title": "t", "creator": "c", "tags": ["not a tag"]}, "x.yaml")
    with pytest.raises(InputError, match="UTF-8"):
        read_yaml(b"a: \xff", "x.yaml")


def test_the_quick_check_of_addresses_says_what_the_slow_one_says() -> None:
    addresses = (
        ADDRESS,
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ",
        "1111111111111111111114oLvT2",
    )
    for address in addresses:
        assert bitcoin_key(address) == wallet_key(address)
    for other in (
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "11A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "LbYALvN37XTvXxGGq3jvtnnYHsmYbVQv8n",
        "0xbe0eb53f46cd790cd13851d5eff43d12404d33e8",
        "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
        "",
        "1",
        "1O0Il" * 6,
    ):
        assert bitcoin_key(other) is None, other
