"""The clusters of a workspace, opened for a question: the chain as of a moment, and what must be heeded."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qaif.analysis.clusters.change import VotedChange
from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.kept import clusters_of, is_kept
from qaif.analysis.clusters.rules import Rules, co_spend
from qaif.analysis.methods import Method
from qaif.chain.addresses import parse_address
from qaif.chain.open import Chain
from qaif.errors import AddressError, InputError, NotFoundError
from qaif.evidence.control import control_of
from qaif.questions.answer import CoverageOf, Layer
from qaif.questions.asked import address_named, moment
from qaif.questions.standing import chain_coverage
from qaif.records.engine import Records
from qaif.units import UNKNOWN, hash_raw
from qaif.workspace.folder import Workspace

FIRST_TIER = "co-spend: what transactions spend from together; change is not followed"
SECOND_TIER = "co-spend and change: what transactions spend from together, and what is taken for their change"
SECOND = "with-change"
LISTED = "joins-nothing.txt"
_TXID = re.compile(r"[0-9a-fA-F]{64}")
_CHANGE_FOLLOWED = (
    "Change is followed: one output that is wrongly taken for change joins two strangers with all that is "
    "theirs. Compare with the first tier, and with `qaif why`, before anything is said of a person."
)
_LOWER_BOUND = (
    "A cluster is of common control as far as spending together shows it: members may be missing, so "
    "sums that say so are lower bounds, and control is not ownership."
)


@dataclass(frozen=True)
class Opened:
    """Clusters and the chain that they are asked about.

    Attributes:
        chain: as of the moment asked for.
        forest: the clusters; of the whole chain that is held, asked as of that moment.
        gap: what is unknown between the chain's tip and the moment, in words.
    """

    chain: Chain
    forest: Forest
    gap: tuple[str, ...]

    @property
    def layer(self) -> Layer:
        """An inference; what heeds claims and judgements rests on these."""
        given = self.forest.given
        return "claim" if given.apart or given.operators or given.joins_nothing else "inference"

    @property
    def basis(self) -> dict[str, object]:
        """The envelope's basis."""
        rules, given = self.forest.rules, self.forest.given
        return {
            "network": self.chain.network.name,
            "simulated": self.chain.simulated,
            "methods": [vars(method) for method in self.methods],
            "tier": self.tier,
            "rules": {**vars(rules), "digest": rules.digest()},
            "heeded": {
                "scripts_apart": len(given.apart),
                "scripts_operated": len(given.operators),
                "transactions_listed": len(given.joins_nothing),
            },
        }

    @property
    def tier(self) -> str:
        """What members are concluded from."""
        return FIRST_TIER if self.forest.links is None else SECOND_TIER

    @property
    def methods(self) -> tuple[Method, ...]:
        """What concludes: of the second tier two methods."""
        links = self.forest.links
        return (co_spend(), links.method) if isinstance(links, VotedChange) else (co_spend(),)

    @property
    def coverage(self) -> CoverageOf:
        """What of the chain is held, and that a cluster is a lower bound."""
        held = chain_coverage(self.chain)
        tier = () if self.forest.links is None else (_CHANGE_FOLLOWED,)
        reasons = (*held.reasons, *self.gap, _LOWER_BOUND, *tier)
        return CoverageOf(held.complete, reasons, held.told, held.scripts)

    def script(self, asked: str) -> int:
        """The number of an address's script.

        Raises:
            AddressError: it is misprinted.
            PrivateKeyError: it is a private key.
            NotFoundError: it does not occur in the blocks held.
        """
        parsed = address_named(self.chain, asked, self.chain.network)
        num = self.chain.script_num(parsed.script_raw)
        if num == UNKNOWN:
            raise NotFoundError(
                f"{parsed.address} does not occur in the blocks held, so nothing is known of its cluster.",
                way_out="See `qaif status` for what is held.",
            )
        return num


@contextmanager
def clusters_opened(path: Path, as_of: str | None, *, with_change: bool = False) -> Iterator[Opened]:
    """Open the clusters of a workspace, bringing what is kept of them up to its chain.

    Args:
        path: the workspace.
        as_of: a height, a day or a block hash; now where None.
        with_change: the second tier, which follows change.

    Raises:
        NotFoundError: there is no chain, or no block so early.
        UsageError: the moment is none.
        InputError: the list of transactions that join nothing cannot be read.
    """
    workspace = Workspace.open(path)
    with Chain.open(workspace.chain_dir) as chain:
        yield clusters_on(workspace, chain, as_of, with_change=with_change)


def clusters_on(
    workspace: Workspace, chain: Chain, as_of: str | None, *, with_change: bool = False
) -> Opened:
    """The clusters of a workspace on its chain, which stays open; see `clusters_opened`."""
    then = moment(chain, as_of)
    given = given_in(workspace, chain)
    folder, links = workspace.clusters_dir, VotedChange.now() if with_change else None
    kept_in = folder / SECOND if with_change else folder
    return Opened(then.chain, clusters_of(chain, kept_in, Rules(), given, links), then.gap)


def bring_clusters_up(path: Path) -> bool:
    """Bring the clusters that a workspace keeps up to its chain, each tier that was ever asked for.

    Returns:
        whether any are kept.

    Raises:
        NotFoundError: there is no chain.
        InputError: the list of transactions that join nothing cannot be read.
    """
    workspace = Workspace.open(path)
    folder = workspace.clusters_dir
    kept = [tier for tier in (False, True) if is_kept(folder / SECOND if tier else folder)]
    for with_change in kept:
        with clusters_opened(path, None, with_change=with_change):
            pass  # opening is what brings them up
    return bool(kept)


def given_in(workspace: Workspace, chain: Chain) -> Given:
    """What sources, people and the list of a workspace say that clusters must heed."""
    listed = _listed(workspace.clusters_dir / LISTED)
    if not workspace.records_path.exists():
        return Given(joins_nothing=listed)
    with Records.open(workspace.path) as records:
        said = control_of(records)
    scripts = {
        address: script
        for address in {each for pair in said.apart for each in pair} | {each for each, _ in said.operators}
        if (script := _script(address, chain)) is not None
    }
    return Given(
        apart=tuple(
            (scripts[one], scripts[other])
            for one, other in said.apart
            if one in scripts and other in scripts and scripts[one] != scripts[other]
        ),
        operators=tuple((scripts[each], name) for each, name in said.operators if each in scripts),
        joins_nothing=listed,
    )


def _script(address: str, chain: Chain) -> bytes | None:
    try:
        return parse_address(address, chain.network).script_raw
    except AddressError:
        return None


def _listed(path: Path) -> tuple[bytes, ...]:
    """Transaction ids, one a line, with whatever is noted behind them; `#` begins a note of its own."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read.", way_out="It is a text of UTF-8.") from error
    found = []
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if not _TXID.fullmatch(words[0]):
            raise InputError(
                f"Line {number} of {path} does not begin with a transaction id.",
                way_out="Write 64 hexadecimal digits, a blank, and why; or `#` before a note.",
                line=number,
            )
        found.append(hash_raw(words[0]))
    return tuple(found)
