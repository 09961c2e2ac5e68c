"""The five networks that Bitcoin Core knows, as far as this system tells them apart.

From Bitcoin Core's `kernel/chainparams.cpp` (v29). Proof-of-work limits are written out of the compact form
there or, for signet, as Core writes it; a hash must not exceed it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """What tells one network's blocks and addresses from another's.

    Attributes:
        name: Core's name, `main` and `test` written out.
        magic: the four bytes before each block in a block file.
        genesis_hex: the first block's hash as displayed.
        bech32_hrp: the part of a bech32 address before its last `1`.
        p2pkh_version, p2sh_version: the first byte of a base58 address's payload.
        pow_limit: the largest block hash, as a number, that any target allows.
        bip34_height: from here on a coinbase must begin with its height.
        halving_interval: blocks after which the subsidy halves.
        simulated: the blocks were made by this project; every page says so.
    """

    name: str
    magic: bytes
    genesis_hex: str
    bech32_hrp: str
    p2pkh_version: int
    p2sh_version: int
    pow_limit: int
    bip34_height: int
    halving_interval: int
    simulated: bool = False


_POW_LIMIT = 2**224 - 1
_HALVING = 210_000
_TEST_VERSIONS = (0x6F, 0xC4)  # testnet3, testnet4, signet and regtest share them: `m`, `n` and `2`

_ALL = (
    Network(
        "mainnet",
        bytes.fromhex("f9beb4d9"),
        "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
        "bc",
        0x00,
        0x05,
        _POW_LIMIT,
        227_931,
        _HALVING,
    ),
    Network(
        "testnet3",
        bytes.fromhex("0b110907"),
        "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
        "tb",
        *_TEST_VERSIONS,
        _POW_LIMIT,
        21_111,
        _HALVING,
    ),
    Network(
        "testnet4",
        bytes.fromhex("1c163f28"),
        "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
        "tb",
        *_TEST_VERSIONS,
        _POW_LIMIT,
        1,
        _HALVING,
    ),
    Network(
        "signet",
        bytes.fromhex("0a03cf40"),
        "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
        "tb",
        *_TEST_VERSIONS,
        0x377AE << 216,
        1,
        _HALVING,
    ),
    Network(
        "regtest",
        bytes.fromhex("fabfb5da"),
        "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
        "bcrt",
        *_TEST_VERSIONS,
        2**255 - 1,
        1,
        150,
    ),
)

NETWORKS: dict[str, Network] = {network.name: network for network in _ALL}


def by_magic(magic: bytes) -> Network | None:
    """The network whose block files carry these four bytes, or None."""
    return next((network for network in _ALL if network.magic == magic), None)
