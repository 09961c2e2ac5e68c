import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaif.chain.secrets import REDACTED, find_private_keys, redact
from qaif.chain.seedwords import SEED_WORDS

# from the documents that define each form; none of them holds anything
WIF_FULL = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
WIF_SHORT = "KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617"
XPRV = (
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yu"
    "GBxrMPHi"
)
BIP38 = "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg"
MINIKEY = "S6c56bnXQiBjk9mqSYE7ykVQ7NzrRy"
NSEC = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
BIP93 = "ms10testsxxxxxxxxxxxxxxxxxxxxxxxxxx4nzvca9cmczlw"
HEX = "0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d"
TXID = "2f8beda290a3508d04287b2634218b2803503ff7b9ee75475e91298565736fab"


@pytest.mark.parametrize(
    "key", [WIF_FULL, WIF_SHORT, "9" + "1" * 50, XPRV, "z" + XPRV[1:], BIP38, MINIKEY, NSEC, BIP93]
)
@pytest.mark.parametrize(
    "around", ["{}", "the key is {}.", '"{}"', "pk={}", "wpkh([d34db33f/84h]{}/0/*)", "مفتاح {} هنا"]
)
def test_a_key_is_found_and_removed(key: str, around: str) -> None:
    text = around.format(key)
    (span,) = find_private_keys(text)
    assert text[span.start : span.end] == key
    assert redact(text) == around.format(REDACTED)
    assert key not in repr(span)


@pytest.mark.parametrize(
    "text",
    [
        "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W",
        WIF_FULL[:-1],
        WIF_FULL + "1",
        "a" + WIF_SHORT,
        MINIKEY[:-1] + "z",
        "SystemConfigurationFile",
        f"transaction {TXID}",
        TXID,
        f"the private key was found in transaction {TXID}",
        f"public key hash {HEX}",
        f"private keys are not kept. {'x' * 70} {HEX}",
        f"private key: {HEX}ab",
    ],
)
def test_what_is_not_a_key_stays(text: str) -> None:
    assert find_private_keys(text) == ()
    assert redact(text) == text


@pytest.mark.parametrize(
    "before", ["private key: ", "PRIVKEY=", "priv_key = 0x", "privateKey\t", "seed ", "secret exponent is ",
               "المفتاح الخاص: ", "приватный ключ ", "私钥: ", "txid aa, private key "],
)  # fmt: skip
def test_hexadecimal_digits_are_a_key_where_they_are_called_one(before: str) -> None:
    assert HEX not in redact(f"{before}{HEX}, and more")
    assert redact(f"{before}{HEX}, and more").endswith(f"{REDACTED}, and more")
    assert REDACTED in redact(before + HEX.upper())


@pytest.mark.parametrize("hidden", ["\u200b", "\u2066", "\ufeff", "\u00ad"])
def test_hidden_characters_do_not_hide_a_key(hidden: str) -> None:
    text = f"a{hidden} key: {WIF_FULL[:10]}{hidden}{WIF_FULL[10:]}{hidden} end"
    assert redact(text) == f"a{hidden} key: {REDACTED}{hidden} end"


def test_several_keys_and_a_key_within_a_key() -> None:
    text = f"{WIF_FULL} {MINIKEY}\n{WIF_SHORT}, private key {HEX}"
    assert [span.kind for span in find_private_keys(text)] == [
        "a private key in wallet import format",
        "a minikey",
        "a private key in wallet import format",
        "a private key in hexadecimal",
    ]
    assert redact(text) == f"{REDACTED} {REDACTED}\n{REDACTED}, private key {REDACTED}"


def test_the_word_list_is_the_published_one() -> None:
    listed = "".join(f"{word}\n" for word in SEED_WORDS)
    digest = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    assert hashlib.sha256(listed.encode()).hexdigest() == digest


# from BIP39's own test vectors
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize(
    "text",
    [
        PHRASE,
        PHRASE.upper(),
        PHRASE.replace(" ", "\n"),
        PHRASE.replace(" ", ", "),
        PHRASE.replace("yellow", "zoo zoo zoo"),
        " ".join(f"{at}. {word}" for at, word in enumerate(PHRASE.split(), 1)),
    ],
)
def test_a_seed_phrase_is_removed(text: str) -> None:
    once = redact(f"The phrase was: {text}. The rest stays.")
    assert once.startswith("The phrase was: ")
    assert once.endswith(f"{REDACTED}. The rest stays.")
    assert "winner" not in once.lower()


@pytest.mark.parametrize(
    "text",
    [
        PHRASE.rsplit(" ", 1)[0],
        PHRASE.replace("year", "years"),
        PHRASE.replace("wave", "of wave"),
        PHRASE.replace("wave", "wave\n\n----------\n\n"),
        "The old man came home from work that day and said the poor boy must find his own way to the bridge.",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert redact(text) == text


@given(st.text(max_size=200))
def test_text_without_keys_comes_back(text: str) -> None:
    assert redact(text) == text


@given(st.text(alphabet=" \n\u200b.,:()", max_size=20), st.sampled_from([WIF_FULL, XPRV, BIP38, NSEC]))
def test_redacting_twice_changes_nothing(around: str, key: str) -> None:
    once = redact(around + key + around)
    assert once == around + REDACTED + around or "\u200b" in around
    assert key not in once
    assert redact(once) == once


def test_the_minikey_check_is_the_published_one() -> None:
    assert hashlib.sha256(f"{MINIKEY}?".encode()).digest()[0] == 0
