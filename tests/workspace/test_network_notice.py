"""What a server learns is said before it is asked: once for a place and workspace."""

from pathlib import Path

import pytest

from qaif.workspace.network.manner import Manner
from qaif.workspace.network.notice import tell_once, will_learn
from qaif.workspace.network.places import Place
from qaif.workspace.network.remembered import Remembered

PUBLIC = Place.parse("https://blockstream.info/api")
TOR = Manner(proxy="socks5://127.0.0.1:9050")


def test_a_public_server_learns_much() -> None:
    said = " ".join(will_learn(PUBLIC, Manner()))
    for part in ("address", "when", "together", "your internet address", "--proxy", str(PUBLIC)):
        assert part in said


def test_through_a_proxy_it_does_not_learn_where_one_is() -> None:
    said = " ".join(will_learn(PUBLIC, TOR))
    assert "not your internet address" in said
    assert "--proxy" not in said


@pytest.mark.parametrize("url", ["http://127.0.0.1:3000", "http://192.168.0.7/api", "https://localhost/api"])
def test_ones_own_network_is_named_so_and_less_is_said(url: str) -> None:
    (said,) = will_learn(Place.parse(url), Manner())
    assert "your own network" in said


def test_it_is_said_once_for_each_place_and_workspace(tmp_path: Path) -> None:
    said: list[str] = []

    def tell(folder: str, place: Place, manner: Manner) -> bool:
        (tmp_path / folder).mkdir(exist_ok=True)
        return tell_once(Remembered(tmp_path / folder), place, manner, lambda lines: said.append(lines[0]))

    assert [tell("a", PUBLIC, TOR), tell("a", PUBLIC, TOR)] == [True, False]
    assert [tell("a", PUBLIC, Manner()), tell("a", PUBLIC, Manner())] == [True, False]
    other = Place.parse("https://mempool.space/api")
    assert [tell("a", other, TOR), tell("b", PUBLIC, TOR)] == [True, True]
    assert len(said) == 4


def test_what_could_not_be_said_is_said_the_next_time(tmp_path: Path) -> None:
    def broken(_: tuple[str, ...]) -> None:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011  the pipe that broke
        tell_once(Remembered(tmp_path), PUBLIC, TOR, broken)
    assert tell_once(Remembered(tmp_path), PUBLIC, TOR, lambda _: None)


def test_who_is_asked_for_a_page_learns_which_and_may_be_the_one_that_is_sought(tmp_path: Path) -> None:
    said = " ".join(will_learn(PUBLIC, Manner(), pages=True))
    for part in ("which page", "--user-agent", "whom you investigate", "your internet address"):
        assert part in said
    assert "address, script" not in said
    memory = Remembered(tmp_path)
    ways: tuple[dict[str, bool], ...] = ({}, {"pages": True}, {"pages": True})
    assert [tell_once(memory, PUBLIC, TOR, lambda _: None, **way) for way in ways] == [True, True, False]


def test_who_is_asked_for_blocks_does_not_learn_what_is_looked_for() -> None:
    said = " ".join(will_learn(PUBLIC, Manner(), blocks=True))
    assert "not what you look for" in said
    assert "your internet address" in said
    assert "address, script" not in said
