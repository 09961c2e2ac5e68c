"""The job: gather addresses from a named source into a workspace, and bring its chain up to that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qaif.chain import manifest as manifests
from qaif.chain.addresses import parse_address
from qaif.chain.appendlog import AppendLog
from qaif.chain.files import StoreFiles
from qaif.chain.gathered import check_kind, index_gathered, read_gathered
from qaif.chain.index import IndexReport
from qaif.desk.asking import Asking
from qaif.desk.gathering import Gathering, GatherReport, Limits
from qaif.errors import SourceError
from qaif.feeds.explorer import Explorer
from qaif.feeds.gathered_state import Gathered
from qaif.feeds.shape import Progress, silent
from qaif.workspace.folder import Workspace


@dataclass(frozen=True)
class Order:
    """What to gather, from whom.

    Attributes:
        addresses: whose histories.
        source: the source's name, as the user wrote it.
        limits: where to stop.
    """

    addresses: tuple[str, ...]
    source: str
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class GatherAnswer:
    """What a run gathered, and what the chain is now."""

    report: GatherReport
    chain: IndexReport


def gather(
    path: Path,
    order: Order,
    explorer: Explorer,
    clock: Callable[[], int],
    progress: Progress = silent,
) -> GatherAnswer:
    """Gather addresses into a workspace, which is made where it is missing.

    Args:
        path: the workspace's folder.
        order: what, from whom.
        explorer: the source's client.
        clock: the time, seconds since 1970.
        progress: told how far it is.

    Raises:
        SourceError: the source does not answer, or not as it must; what was gathered is kept, and the chain
            is brought up to that.
        AddressError: an address is none of the source's network.
        UsageError: the workspace's chain was made of block files.
        StoreBusyError: another process gathers into this workspace.
    """
    workspace = Workspace.open_or_create(path)
    check_kind(manifests.load(StoreFiles(workspace.chain_dir)))
    scripts = scripts_of(order.addresses, explorer)
    log = AppendLog(workspace.gathered_dir)
    with log.files.writing():
        gathered = read_gathered(log)
        asking = Asking(explorer, order.source, log, gathered, clock, order.limits.requests)
        try:
            report = Gathering(asking, order.limits, progress).gather(scripts)
        except SourceError:
            _bring_up(workspace, gathered)
            raise
        return GatherAnswer(report, index_gathered(workspace.chain_dir, gathered, progress))


def _bring_up(workspace: Workspace, gathered: Gathered) -> None:
    if gathered.network is not None:
        index_gathered(workspace.chain_dir, gathered)


def scripts_of(addresses: Sequence[str], explorer: Explorer) -> list[bytes]:
    """The scripts of addresses of the source's network, each once.

    Raises:
        AddressError: one is none.
        PrivateKeyError: one is a private key; nothing of it is repeated.
    """
    return list(dict.fromkeys(parse_address(one, explorer.network).script_raw for one in addresses))
