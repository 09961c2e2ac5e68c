import csv
import gzip
import json
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from btclib import base58
from hypothesis import example, given
from hypothesis import strategies as st

from oracle import addresses as oracle
from qaif.chain.addresses import (
    Kin,
    address_of,
    kin_of,
    parse_address,
    script_of,
    script_type_of,
)
from qaif.errors import AddressError, PrivateKeyError
from qaif.feeds.networks import NETWORKS, Network, by_magic
from qaif.kernels.parse import parse_blocks
from qaif.units import HashHex, hash_hex

MAIN = NETWORKS["mainnet"]
OF_CORE = {"main": "mainnet", "test": "testnet3"}
ARTICLE = "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq"
# BIP173's example key, and its hash
KEY = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
FULL_KEY = bytes.fromhex(
    "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
)
KEY_HASH = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")


def core_cases(shared: Path, name: str) -> list[list[object]]:
    cases: list[list[object]] = json.loads((shared / "vectors" / name).read_text())
    return cases


def reason_of(text: str, network: str = "mainnet") -> object:
    with pytest.raises(AddressError) as caught:
        parse_address(text, NETWORKS[network])
    return caught.value.details["reason"]


def test_networks_differ_where_they_must() -> None:
    assert len({network.magic for network in NETWORKS.values()}) == 5
    assert len({network.genesis_hex for network in NETWORKS.values()}) == 5
    assert by_magic(bytes.fromhex("f9beb4d9")) is MAIN
    assert by_magic(bytes.fromhex("f9beb4d8")) is None
    assert not any(network.simulated for network in NETWORKS.values())


def test_core_key_io_valid(shared: Path) -> None:
    checked = keys = flipped = 0
    for text, shown, meta in core_cases(shared, "key_io_valid.json"):
        assert isinstance(text, str)
        assert isinstance(meta, dict)
        network = NETWORKS[OF_CORE.get(meta["chain"], str(meta["chain"]))]
        if meta["isPrivkey"]:
            keys += 1
            with pytest.raises(PrivateKeyError):
                parse_address(text, network)
            continue
        parsed = parse_address(text, network)
        assert parsed.script_raw.hex() == shown
        assert (parsed.address, address_of(parsed.script_raw, network)) == (text, text)
        assert script_of(text, network) == parsed.script_raw
        checked += 1
        if meta.get("tryCaseFlip"):
            assert parse_address(text.swapcase(), network) == parsed
            flipped += 1
    assert (checked, keys, flipped) == (54, 16, 32)


def test_core_key_io_invalid_on_every_network(shared: Path) -> None:
    cases = core_cases(shared, "key_io_invalid.json")
    for (text,) in cases:
        for network in NETWORKS.values():
            with pytest.raises((AddressError, PrivateKeyError)):
                parse_address(str(text), network)
    assert len(cases) == 70


def test_core_base58_of_the_library_and_of_the_oracle(shared: Path) -> None:
    cases = core_cases(shared, "base58_encode_decode.json")
    for shown, text in cases:
        raw = bytes.fromhex(str(shown))
        assert base58._b58encode(raw).decode() == oracle.base58(raw) == text
        assert base58._b58decode(str(text).encode()) == raw
        checked = base58.encode(raw).decode()
        assert checked == oracle.base58check(raw)
        assert oracle.base58check_payload(checked) == raw
    assert len(cases) == 21


def sample_outputs(shared: Path) -> list[tuple[str, int, str, str]]:
    """Transaction, output, type and address of the sample's outputs as Core told them."""
    with gzip.open(shared / "blocks" / "mainnet-sample-outputs.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9_514
    return [(row["txid"], int(row["vout"]), row["script_type"], row["address"]) for row in rows]


def test_addresses_of_the_sample_equal_core(shared: Path) -> None:
    raw = np.fromfile(shared / "blocks" / "mainnet-sample.dat", dtype=np.uint8)
    starts, at = [], 0
    while at < len(raw):
        size = int.from_bytes(raw[at + 4 : at + 8].tobytes(), "little")
        starts.append(raw[at + 8 : at + 8 + size])
        at += 8 + size
    data = np.concatenate(starts)
    columns, _, _ = parse_blocks(data, np.cumsum([0, *map(len, starts)]).astype(np.int64))
    assert columns is not None
    tx_of = {hash_hex(txid.tobytes()): tx for tx, txid in enumerate(columns.tx_txid_raw)}
    equal = 0
    for txid, vout, kind, address in sample_outputs(shared):
        row = int(columns.tx_out_lo[tx_of[HashHex(txid)]]) + vout
        start = int(columns.out_script_off[row])
        script = data[start : start + int(columns.out_script_len[row])].tobytes()
        assert (address_of(script, MAIN) or "") == address
        if address:
            parsed = parse_address(address, MAIN)
            assert (parsed.script_raw, parsed.script_type) == (script, kind)
        equal += 1
    assert equal == 9_514


@given(st.sampled_from(list(NETWORKS)), st.binary(min_size=20, max_size=20), st.booleans())
def test_base58_as_the_oracle(name: str, digest: bytes, pays_script: bool) -> None:  # noqa: FBT001 - hypothesis
    script = b"\xa9\x14" + digest + b"\x87" if pays_script else b"\x76\xa9\x14" + digest + b"\x88\xac"
    address = oracle.address(script, name)
    assert address_of(script, NETWORKS[name]) == address
    assert address is not None
    assert script_of(f" {address}\n", NETWORKS[name]) == script


@given(
    st.sampled_from(list(NETWORKS)),
    st.integers(0, 17),
    st.integers(0, 43).flatmap(lambda n: st.binary(min_size=n, max_size=n)),
)
@example("mainnet", 1, b"\x4e\x73")
@example("mainnet", 0, bytes(20))
@example("mainnet", 0, bytes(21))
@example("mainnet", 16, bytes(40))
@example("mainnet", 16, bytes(41))
@example("mainnet", 2, bytes(1))
@example("mainnet", 17, bytes(32))
def test_bech32_as_the_oracle(name: str, version: int, program: bytes) -> None:
    script = bytes([0x50 + version if version else 0, len(program)]) + program
    address = oracle.address(script, name)
    assert address_of(script, NETWORKS[name]) == address
    if address:
        assert script_of(address, NETWORKS[name]) == script


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "51",
        "6a0548656c6c6f",
        f"21{KEY.hex()}ac",
        f"5121{KEY.hex()}51ae",
        f"76a914{'00' * 20}88ad",
        f"a914{'00' * 20}88",
        f"0013{'00' * 19}",
        f"5129{'00' * 41}",
        f"4f20{'00' * 32}",
        f"5014{'00' * 20}",  # OP_RESERVED is no witness version, nor version 0
        f"5020{'00' * 32}",
        "61020000",
    ],
)
def test_no_address_where_core_gives_none(shown: str) -> None:
    script = bytes.fromhex(shown)
    assert address_of(script, MAIN) is None
    assert script_type_of(script) is None


def test_pay_to_anchor_has_an_address() -> None:
    parsed = parse_address("bc1pfeessrawgf", MAIN)
    assert (parsed.script_raw.hex(), parsed.script_type) == ("51024e73", "anchor")
    assert parse_address("BC1PFEESSRAWGF", MAIN).address == "bc1pfeessrawgf"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("   ", "empty"),
        ("1LaNXgq2ctDEa4fTha6PTo8PTuc6zqQqqqq", "checksum"),
        ("1LaNXgq2ctDEa4fTha6PTo8sucqzieQctQ", "checksum"),
        ("1LaNXgq2ctDEa4fTha6PTo8sucqzieQct0", "character"),
        ("1LaNXgq2ctDEa4fTha6PTo8sucqzieQсtq", "character"),  # noqa: RUF001 - the Cyrillic letter is the case
        ("1LaNXgq2ctDEa4fTha6PTo8", "length"),
        ("mzK2FFDEhxqHcmrJw1ysqFkVyhUULo45hZ", "network"),
        ("tb1qum6uh0pt4q253qaf520929737v63w5gf", "length"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "checksum"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t", "checksum"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3tb", "character"),
        ("Bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "case"),
        ("bc1qpu6d26mrulzetu4jqhd7rsunv9aqru26f5c4j8", "variant"),
        ("bc1qdsuzmn04k2z8vryw8l4dj8m5ygqgnne5n", "padding"),
        ("tb13hty4qmumlwpp6chxjvcyzza4duqgtmxw3xhm3u9ahj4nyhtwz8eq7ynrj4", "version"),
        ("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq", "not-bitcoin"),
        ("2f8beda290a3508d04287b2634218b2803503ff7b9ee75475e91298565736fab", "not-bitcoin"),
        (
            "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsef",
            "not-bitcoin",
        ),
    ],
)
def test_refused_with_the_exact_reason(text: str, reason: str) -> None:
    assert reason_of(text) == reason


def test_the_reason_is_told_in_words() -> None:
    with pytest.raises(AddressError, match="fails its checksum") as caught:
        parse_address("1LaNXgq2ctDEa4fTha6PTo8PTuc6zqQqqqq", MAIN)
    assert "'1LaNXgq2ctDEa4fTha6PTo8PTuc6zqQqqqq'" in str(caught.value)
    assert caught.value.way_out
    with pytest.raises(AddressError, match=r"CYRILLIC SMALL LETTER ES.* at position 32"):
        parse_address("1LaNXgq2ctDEa4fTha6PTo8sucqzieQ\u0441tq", MAIN)
    with pytest.raises(AddressError, match="of testnet3 or testnet4 or signet, not of mainnet"):
        parse_address("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", MAIN)
    with pytest.raises(AddressError, match="41 characters where such an address has 42 or 62"):
        parse_address("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t", MAIN)
    with pytest.raises(AddressError, match="of Tron"):
        parse_address("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq", MAIN)


def private_keys(shared: Path) -> list[str]:
    cases = core_cases(shared, "key_io_valid.json")
    wif = [str(text) for text, _, meta in cases if isinstance(meta, dict) and meta["isPrivkey"]]
    return [
        *wif,
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJg",
        "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg",
        "S6c56bnXQiBjk9mqSYE7ykVQ7NzrRy",
        f"wpkh({wif[1]})",
        wif[1][:20] + "\u200b" + wif[1][20:],
    ]


@pytest.mark.parametrize("ask", [parse_address, script_of])
def test_a_private_key_is_refused_and_appears_nowhere(
    shared: Path, ask: Callable[[str, Network], object]
) -> None:
    for key in private_keys(shared):
        with pytest.raises(PrivateKeyError) as caught:
            ask(key, MAIN)
        error = caught.value
        assert (error.__context__, error.__cause__) == (None, None)
        frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack[1:]
        seen = [
            str(error),
            repr(error),
            json.dumps(error.as_dict()),
            "".join(traceback.StackSummary.from_list(frames).format()),
        ]
        assert frames
        assert not any(part in text for text in seen for part in (key, key[:12], key[-12:]))


def test_a_mistyped_key_is_not_repeated_either(shared: Path) -> None:
    for key in private_keys(shared)[:19]:
        for mistyped in (key[:-1], key + "1", key[:9] + "0" + key[10:], "x" + key):
            with pytest.raises((AddressError, PrivateKeyError)) as caught:
                parse_address(mistyped, MAIN)
            assert key[:8] not in str(caught.value.as_dict())
            assert key[-8:] not in str(caught.value.as_dict())


def by_script(found: tuple[Kin, ...]) -> dict[str, str]:
    return {kin.script_raw.hex(): kin.condition for kin in found}


def test_kin_of_a_revealed_key() -> None:
    full_hash = oracle.hash160(FULL_KEY)
    scripts = [
        b"\x21" + KEY + b"\xac",
        b"\x41" + FULL_KEY + b"\xac",
        b"\x76\xa9\x14" + KEY_HASH + b"\x88\xac",
        b"\x76\xa9\x14" + full_hash + b"\x88\xac",
        b"\x00\x14" + KEY_HASH,
        b"\xa9\x14" + oracle.hash160(b"\x00\x14" + KEY_HASH) + b"\x87",
        # BIP86's tweak of the generator point, and none
        bytes.fromhex("5120da4710964f7852695de2da025290e24af6d8c281de5a0b902b7135fd9fd74d21"),
        b"\x51\x20" + KEY[1:],
    ]
    for script in scripts:
        for key in (KEY, FULL_KEY):
            found = kin_of(script, key, MAIN)
            assert by_script(found) == {other.hex(): "" for other in scripts if other != script}
            assert all(kin.address == oracle.address(kin.script_raw) for kin in found)
    assert kin_of(scripts[0], None, MAIN) == kin_of(scripts[0], KEY, MAIN)
    with pytest.raises(ValueError, match="not the key"):
        kin_of(b"\x00\x14" + full_hash, KEY, MAIN)
    assert kin_of(scripts[2], b"\x02" + b"\xff" * 32, MAIN) == ()


def test_kin_of_a_hash_alone() -> None:
    nested = "a914bcfeb728b584253d5f3f70bcb780e9ef218a68f487"
    found = by_script(kin_of(b"\x76\xa9\x14" + KEY_HASH + b"\x88\xac", None, MAIN))
    assert set(found) == {"0014" + KEY_HASH.hex(), nested}
    assert all("compressed" in condition for condition in found.values())
    backwards = by_script(kin_of(b"\x00\x14" + KEY_HASH, None, MAIN))
    assert backwards == {"76a914" + KEY_HASH.hex() + "88ac": "", nested: ""}
    for silent in (bytes.fromhex(nested), b"\x51\x20" + KEY[1:], b"\x00\x20" + bytes(32), b"\x6a"):
        assert kin_of(silent, None, MAIN) == ()


def test_bip341_key_path_outputs(shared: Path) -> None:
    vectors = json.loads((shared / "vectors" / "bip341_wallet_vectors.json").read_text())["scriptPubKey"]
    plain = [case for case in vectors if case["given"]["scriptTree"] is None]
    assert plain
    for case in plain:
        key = b"\x02" + bytes.fromhex(case["given"]["internalPubkey"])
        output = bytes.fromhex(case["expected"]["scriptPubKey"])
        assert address_of(output, MAIN) == case["expected"]["bip350Address"]
        assert b"\x21" + key + b"\xac" in {kin.script_raw for kin in kin_of(output, key, MAIN)}
