"""Which prices does this workspace have, and from whom?"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from qaif.errors import PriceError
from qaif.feeds.esplora.prices import price_history
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.engine import Records
from qaif.records.price_file import MOST_BYTES
from qaif.records.prices import PriceFile, PriceImport
from qaif.workspace.folder import Workspace
from qaif.workspace.network.door import Door
from qaif.workspace.network.places import Place
from qaif.workspace.responses import Responses


@dataclass(frozen=True, kw_only=True)
class PriceImportAnswer(Answer):
    """What was imported; `new` is false where the same file had been imported before."""

    imported: PriceImport
    new: bool


@dataclass(frozen=True, kw_only=True)
class PriceListAnswer(Answer):
    """Every imported file, oldest first."""

    imports: tuple[PriceImport, ...]


def import_prices(workspace: Path, path: Path, file: PriceFile, at: datetime) -> PriceImportAnswer:
    """Import a CSV of daily closes, all of it or nothing; the workspace is made where it is missing.

    Args:
        workspace: its folder.
        path: the CSV.
        file: what its user says of it; `data` and `name` are read from `path`, `source` where it is empty.
        at: now.

    Raises:
        PriceError: the file cannot be read, a line is malformed, or it contradicts what is kept.
    """
    full = replace(file, data=_read(path), name=path.name, source=file.source or path.name)
    with Records.open(Workspace.open_or_create(workspace).path) as records:
        made, new = records.prices.add(full, at)
    return PriceImportAnswer(layer="claim", basis=_basis((made,)), imported=made, new=new)


def fetch_prices(workspace: Path, door: Door, place: str, currency: str, at: datetime) -> PriceImportAnswer:
    """Import a mempool.space server's whole history of prices: of each day that is over, the last price.

    Args:
        workspace: its folder.
        door: open to the server.
        place: the server's API, such as `https://mempool.space/api`.
        currency: three letters.
        at: now.

    Raises:
        SourceError: the server does not answer, or not with prices.
        PriceError: it has none in that currency, or they contradict what is kept of it.
    """
    found = Workspace.open_or_create(workspace)
    named = Place.parse(place)
    http = door.http(place, purpose="prices")
    history = price_history(http, str(named), currency, at.date(), Responses(found.path))
    source = f"{named}, historical-price"
    file = PriceFile(history.csv, f"historical-price {history.answer_sha256.hex()}", source, currency)
    with Records.open(found.path) as records:
        made, new = records.prices.add(file, at)
    return PriceImportAnswer(layer="claim", basis=_basis((made,)), imported=made, new=new)


def list_prices(workspace: Path) -> PriceListAnswer:
    """Say which prices were imported."""
    with Records.open(Workspace.open(workspace).path) as records:
        imports = records.prices.imports()
    reasons = () if imports else ("No prices are imported.",)
    return PriceListAnswer(
        layer="claim",
        basis=_basis(imports),
        coverage=CoverageOf(complete=bool(imports), reasons=reasons),
        imports=imports,
    )


def _basis(imports: tuple[PriceImport, ...]) -> dict[str, object]:
    return {"sources": sorted({one.source for one in imports})}


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PriceError(f"The price file {path} cannot be read: {error.strerror}.") from error
