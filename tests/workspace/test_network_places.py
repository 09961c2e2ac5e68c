"""Which texts name a place, and whose network it is on."""

import pytest

from qaif.errors import UsageError
from qaif.workspace.network.manner import Manner
from qaif.workspace.network.places import Place


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://blockstream.info/api", "https://blockstream.info:443/api"),
        ("https://BLOCKSTREAM.info:443/api/", "https://blockstream.info:443/api"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("tls://electrum.example.org.", "tls://electrum.example.org:50002"),
        ("tcp://127.0.0.1:28332/", "tcp://127.0.0.1:28332"),
        ("https://explorerzydxu5ecjrkwceayqybizmpjjznk5izmitf2modhcusuqlid.onion/api", None),
    ],
)
def test_a_place(text: str, shown: str | None) -> None:
    place = Place.parse(text)
    assert str(place) == (shown or text.replace("/api", ":443/api"))
    assert Place.parse(str(place)) == place


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "blockstream.info",
            "ftp://a.example",
            "https://",
            "https:///api",
            "http://a b",
            "http://a.example/x?y",
        ),
        *(
            "http://a.example/#x",
            "http://a..example",
            "http://a.example:0",
            "http://a.example:65536",
            "http://[::1",
        ),
        *("http://bl\u043eckstream.info", "tcp://h/path", "http://h/a/../b", "http://h//b", "http://h/a\\b"),
        *("http://h\n.example", "http://" + "a" * 254, "http://[fe80::1%25eth0]/", "http://h_o.example"),
        *(f"http://{'a' * 64}.example", "http://" + "a." * 130),
    ],
)
def test_no_place(text: str) -> None:
    with pytest.raises(UsageError):
        Place.parse(text)


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        Place.parse("http://user:sesame@127.0.0.1:8332")
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        *(
            ("127.0.0.1", True),
            ("localhost", True),
            ("10.1.2.3", True),
            ("172.31.0.1", True),
            ("[::1]", True),
        ),
        *(("192.168.1.1", True), ("[fd00::1]", True), ("172.32.0.1", False), ("192.169.0.1", False)),
        *(("8.8.8.8", False), ("localhost.example", False), ("100.64.0.1", False), ("192.0.2.1", False)),
        *(("[2001:db8::1]", False), ("[::ffff:10.0.0.1]", False), ("127.1", False)),
    ],
)
def test_ones_own_network_is_told_by_the_address(host: str, *, own: bool) -> None:
    assert Place.parse(f"http://{host}/api").is_own_network is own


@pytest.mark.parametrize(
    "proxy",
    [
        "http://127.0.0.1:9",
        "socks4://h:1",
        "socks5://u:p@h:1",
        "socks5://",
        "127.0.0.1:9050",
        "socks5://h:x",
        "socks5://h\u00e4:1",
        "socks5://a..b:1",
    ],
)
def test_no_proxy(proxy: str) -> None:
    with pytest.raises(UsageError) as caught:
        Manner(proxy=proxy).fresh_proxy()
    assert "u:p" not in str(caught.value)


def test_each_source_has_a_user_of_its_own_at_the_proxy() -> None:
    manner = Manner(proxy="socks5h://127.0.0.1:9050")
    pairs = [manner.fresh_proxy() for _ in range(50)]
    assert len({(p.user, p.password) for p in pairs if p}) == 50
    assert all(p and (p.host, p.port) == ("127.0.0.1", 9050) and len(p.user) >= 20 for p in pairs)
