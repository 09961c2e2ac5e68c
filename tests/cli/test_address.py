from pathlib import Path

from oracle.addresses import address
from oracle.ripemd160 import hash160
from support.economy import Economy, key
from support.workspaces import address_of, answer, run

Made = tuple[Path, Economy]


def test_an_address_with_its_relatives(made: Made) -> None:
    got = answer(made[0], "address", address_of(1))
    digest = hash160(key(1))
    assert (got["script_type"], got["seen"], got["layer"]) == ("pubkeyhash", True, "inference")
    assert got["script_hex"] == f"76a914{digest.hex()}88ac"
    nested = b"\xa9\x14" + hash160(b"\x00\x14" + digest) + b"\x87"
    expected = {address(b"\x00\x14" + digest, "regtest"), address(nested, "regtest")}
    assert {one["address"] for one in got["same_key"]} == expected
    assert {one["layer"] for one in got["same_key"]} == {"inference"}
    assert got["basis"]["methods"][0]["id"] == "same-key"
    page = run(made[0], "address", address_of(1)).stdout
    assert all(one["address"] in page for one in got["same_key"])


def test_a_script_hash_has_no_relatives_and_is_a_fact(made: Made) -> None:
    written = address(b"\xa9\x14" + bytes(20) + b"\x87", "regtest")
    assert written is not None
    got = answer(made[0], "address", written)
    assert (got["layer"], got["same_key"], got["seen"]) == ("fact", [], False)


def test_no_workspace_is_needed(tmp_path: Path) -> None:
    got = answer(tmp_path / "none", "address", "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq")
    assert (got["network"], got["seen"], got["as_of"]) == ("mainnet", None, None)
    assert got["coverage"]["complete"] is False
    assert not (tmp_path / "none").exists()
