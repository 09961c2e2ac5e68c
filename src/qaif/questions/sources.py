"""Which servers has this workspace dealt with, and what of their answers is kept?"""

from dataclasses import dataclass
from pathlib import Path

from qaif.errors import NotFoundError
from qaif.questions.answer import Answer
from qaif.workspace.folder import Workspace
from qaif.workspace.network.places import Place
from qaif.workspace.network.remembered import Remembered
from qaif.workspace.responses import Responses


@dataclass(frozen=True)
class KnownSource:
    """A server.

    Attributes:
        place: as it was named, perhaps `through a proxy`.
        told_at: when what it learns was said, ISO 8601; None where it was not.
        certificate: the SHA-256 of the certificate that it showed first, `authority`, or None.
    """

    place: str
    told_at: str | None
    certificate: str | None


@dataclass(frozen=True, kw_only=True)
class SourcesAnswer(Answer):
    """Servers, and what of their answers is kept: how many answers, bodies, and bytes."""

    sources: tuple[KnownSource, ...]
    answers: int
    bodies: int
    size: int


@dataclass(frozen=True, kw_only=True)
class PurgeAnswer(Answer):
    """What was taken away."""

    answers: int
    bodies: int
    size: int


@dataclass(frozen=True, kw_only=True)
class ForgetAnswer(Answer):
    """Whose certificate was forgotten."""

    place: str


def list_sources(workspace: Path) -> SourcesAnswer:
    """Say which servers were named, and what is kept of their answers."""
    folder = Workspace.open(workspace).path
    remembered = Remembered(folder)
    told, certificates = remembered.told(), remembered.certificates()
    rows = [
        KnownSource(place, told.get(place), certificates.get(place)) for place in {**told, **certificates}
    ]
    kept = Responses(folder).kept()
    return SourcesAnswer(
        sources=tuple(sorted(rows, key=lambda row: row.place)),
        answers=kept.answers,
        bodies=kept.bodies,
        size=kept.size,
    )


def purge_sources(workspace: Path) -> PurgeAnswer:
    """Take away all kept answers; what the chain store holds of them stays."""
    gone = Responses(Workspace.open(workspace).path).purge()
    return PurgeAnswer(answers=gone.answers, bodies=gone.bodies, size=gone.size)


def forget_certificate(workspace: Path, place: str) -> ForgetAnswer:
    """Take whatever certificate a server shows next for its own.

    Raises:
        NotFoundError: none is remembered.
    """
    named = str(Place.parse(place))
    if not Remembered(Workspace.open(workspace).path).forget_certificate(named):
        raise NotFoundError(
            f"No certificate of {named} is remembered.", way_out="`qaif sources list` shows all."
        )
    return ForgetAnswer(place=named)
