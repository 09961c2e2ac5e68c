"""What is this address? Its kind, its script, and the scripts that the same key can spend."""

from dataclasses import dataclass
from pathlib import Path

from qaif.analysis.methods import SAME_KEY
from qaif.chain.addresses import kin_of
from qaif.chain.open import Chain
from qaif.errors import NotFoundError
from qaif.feeds.networks import NETWORKS, Network
from qaif.questions.answer import Answer, CoverageOf, Layer
from qaif.questions.asked import address_named
from qaif.questions.standing import as_of, chain_coverage
from qaif.questions.told import scripts_coverage
from qaif.units import UNKNOWN
from qaif.workspace.folder import Workspace

NO_CHAIN = CoverageOf(complete=False, reasons=("No blocks are indexed here, so nothing was looked up.",))


@dataclass(frozen=True)
class Relative:
    """Another script of the same key; an inference about use, and no two are merged by it.

    Attributes:
        address: None where Bitcoin Core gives the script none.
        script_type: Core's name of its kind.
        script_hex: its bytes.
        relation: how it follows.
        condition: what must hold besides; empty where nothing must.
        layer: always `inference`.
        seen: it occurs in the blocks held; None where there are none.
    """

    address: str | None
    script_type: str
    script_hex: str
    relation: str
    condition: str
    layer: Layer
    seen: bool | None


@dataclass(frozen=True, kw_only=True)
class AddressAnswer(Answer):
    """An address.

    Attributes:
        address: as Bitcoin Core writes it.
        network: whose address it is.
        script_type: Core's name of its kind.
        script_hex: the script that it stands for.
        seen: that script occurs in the blocks held; None where there are none.
        same_key: its relatives.
    """

    address: str
    network: str
    script_type: str
    script_hex: str
    seen: bool | None
    same_key: tuple[Relative, ...]


def address(workspace: Path, asked: str) -> AddressAnswer:
    """Say what an address is; a workspace is not needed for that, and is asked where there is one.

    Raises:
        AddressError: it is misprinted; the message says why, and what in the workspace it is close to.
        PrivateKeyError: it is a private key; nothing of it is repeated.
    """
    try:
        chain = Chain.open(Workspace.open(workspace).chain_dir)
    except NotFoundError:
        return address_on(None, asked)
    with chain:
        return address_on(chain, asked)


def address_on(chain: Chain | None, asked: str) -> AddressAnswer:
    """The same on an opened chain, or on none; see `address` for what it raises."""
    network: Network = chain.network if chain else NETWORKS["mainnet"]
    parsed = address_named(chain, asked, network)
    relatives = tuple(
        Relative(
            address=one.address,
            script_type=one.script_type,
            script_hex=one.script_raw.hex(),
            relation=one.relation,
            condition=one.condition,
            layer="inference",
            seen=_seen(chain, one.script_raw),
        )
        for one in kin_of(parsed.script_raw, None, network)
    )
    return AddressAnswer(
        layer="inference" if relatives else "fact",
        basis={
            "network": network.name,
            "simulated": bool(chain and chain.simulated),
            "methods": [vars(SAME_KEY)] if relatives else [],
        },
        as_of=as_of(chain) if chain else None,
        coverage=_coverage(chain, parsed.script_raw) if chain else NO_CHAIN,
        address=parsed.address,
        network=network.name,
        script_type=parsed.script_type,
        script_hex=parsed.script_raw.hex(),
        seen=_seen(chain, parsed.script_raw),
        same_key=relatives,
    )


def _coverage(chain: Chain, script_raw: bytes) -> CoverageOf:
    told = chain.told
    return chain_coverage(chain) if told is None else scripts_coverage(chain, told, [script_raw])


def _seen(chain: Chain | None, script_raw: bytes) -> bool | None:
    return None if chain is None else chain.script_num(script_raw) != UNKNOWN
