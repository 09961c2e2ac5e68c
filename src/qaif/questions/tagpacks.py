"""TagPacks and ActorPacks in and out: what came in, what was flagged, and the same packs again."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qaif.chain.secrets import redact
from qaif.errors import DocumentError, InputError, NotFoundError
from qaif.evidence.claims.entity import captions_of
from qaif.evidence.documents import keep
from qaif.evidence.exchange.bounded_yaml import LARGEST, read_yaml
from qaif.evidence.exchange.tagpack import DATASET, Pack, PackCounts, PackReader, pack_of, written
from qaif.evidence.exchange.wallets import own_tags, wallets
from qaif.questions.analyst import analyst_named, entry
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.audit import add_entry
from qaif.records.engine import Records
from qaif.records.statements import Said, replace
from qaif.workspace.folder import Workspace
from qaif.workspace.new_files import new_folder

_NAMES = (".yaml", ".yml")
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class PackImported:
    """One pack that was imported.

    Attributes:
        file: its name.
        dataset: the name that its statements go by.
        kind: `tags` or `actors`.
        sha256: of the file.
        counts: what stands in it.
        said: what became of its statements.
    """

    file: str
    dataset: str
    kind: str
    sha256: str
    counts: PackCounts
    said: Said


@dataclass(frozen=True, kw_only=True)
class PackImportAnswer(Answer):
    """What was imported."""

    packs: tuple[PackImported, ...]


@dataclass(frozen=True, kw_only=True)
class PackExportAnswer(Answer):
    """Which packs were written, by dataset."""

    files: tuple[tuple[str, Path], ...]


@dataclass(frozen=True, kw_only=True)
class PackListAnswer(Answer):
    """The packs whose statements are held."""

    datasets: tuple[str, ...]


def import_packs(path: Path, source: Path, by: str | None, now: datetime) -> PackImportAnswer:
    """Import a TagPack or ActorPack, or all of a folder; all or none.

    A pack that was imported before is replaced: what it says no more is taken back.

    Args:
        path: the workspace's folder; it is made where it is missing.
        source: a YAML file, or a folder of them.
        by: who imports it; the program where None.
        now: the moment.

    Raises:
        NotFoundError: there is no such file.
        InputError: a file is no pack, or two packs have one title.
    """
    workspace = Workspace.open_or_create(path)
    files = _files(source)
    packs = [_read(file) for file in files]
    _refuse_one_title_twice(packs)
    done = []
    with Records.open(workspace.path) as records:
        for file, _, _ in packs:
            keep(workspace.documents_dir, records, file, now, "utf-8")
        with records.writing() as connection:
            for file, pack, content in packs:
                digest = hashlib.sha256(content).hexdigest()
                reader = PackReader(pack)
                entered = entry(by or "qaif tagpack import", now, "", digest)
                said = replace(connection, pack.dataset, reader.statements(), entered)
                done.append(PackImported(file.name, pack.dataset, pack.kind, digest, reader.counts, said))
            for one in done:
                add_entry(connection, now, "tagpack.imported", one.sha256, {"rows": one.counts.rows})
    return PackImportAnswer(layer="claim", coverage=_coverage(done), packs=tuple(done))


def export_packs(path: Path, out: Path, datasets: tuple[str, ...]) -> PackExportAnswer:
    """Write packs as YAML into a new folder, as they were said: head and tags.

    Args:
        path: the workspace's folder.
        out: a folder that is not there yet.
        datasets: titles of packs; every pack where empty.

    Raises:
        NotFoundError: no pack of that title is held.
        OutputError: the folder is there already, or cannot be written.
    """
    with Records.open(Workspace.open(path).path) as records:
        held = _held(records)
        wanted = [each if each.startswith(DATASET) else f"{DATASET}{each}" for each in datasets] or held
        packs = {}
        for dataset in wanted:
            if dataset not in held:
                raise NotFoundError(
                    f"No pack {dataset.removeprefix(DATASET)!r} is held.", way_out="See `qaif tagpack list`."
                )
            packs[dataset] = written(records.statements.of_dataset(dataset))
    files: list[tuple[str, Path]] = []
    with new_folder(out) as folder:
        for dataset, pack in packs.items():
            name = _file_name(dataset, {each.name for _, each in files})
            (folder / name).write_text(dumped(pack), encoding="utf-8", newline="\n")
            files.append((dataset, out / name))
    return PackExportAnswer(layer="claim", files=tuple(files))


def export_own(path: Path, out: Path, title: str, by: str | None, now: datetime) -> PackExportAnswer:
    """Write what the analyst's own case says of addresses as a new TagPack.

    Args:
        path: the workspace's folder.
        out: a folder that is not there yet.
        title: of the pack.
        by: its creator.
        now: the moment.

    Raises:
        NotFoundError: the case says nothing of an address.
        UsageError: no analyst is named.
    """
    creator = analyst_named(by)
    with Records.open(Workspace.open(path).path) as records:
        rows = records.statements.of_dataset("")
    tags = own_tags(wallets(rows, captions_of(rows)))
    if not tags:
        raise NotFoundError("Your own case says nothing of an address.", way_out="See `qaif claims add`.")
    name = _file_name(f"{DATASET}{title}", set())
    head = {"title": title, "creator": creator, "lastmod": now.date(), "is_cluster_definer": False}
    with new_folder(out) as folder:
        (folder / name).write_text(dumped({**head, "tags": tags}), encoding="utf-8", newline="\n")
    return PackExportAnswer(layer="claim", files=(("your own case", out / name),))


def list_packs(path: Path) -> PackListAnswer:
    """Say which packs are held."""
    with Records.open(Workspace.open(path).path) as records:
        return PackListAnswer(layer="claim", datasets=tuple(_held(records)))


def dumped(pack: dict[str, object]) -> str:
    """A pack as YAML; private keys in it are blanked."""
    import yaml

    text = yaml.dump(pack, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=1000)
    return redact(str(text))


def _held(records: Records) -> list[str]:
    named = [each for each in records.statements.datasets() if each.startswith(DATASET)]
    return [each for each in named if records.statements.says_anything(each)]


def _files(source: Path) -> list[Path]:
    if source.is_dir():
        found = sorted(each for each in source.rglob("*") if each.suffix in _NAMES and each.is_file())
        if not found:
            raise NotFoundError(f"{source} holds no YAML file.", way_out="Name a file or another folder.")
        return found
    if not source.is_file():
        raise NotFoundError(f"There is no file {source}.", way_out="Name a TagPack or a folder of them.")
    return [source]


def _read(file: Path) -> tuple[Path, Pack, bytes]:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        raise DocumentError(
            f"{file} cannot be read: {error.strerror}.", way_out="See to its permissions."
        ) from error
    return file, pack_of(read_yaml(content, file.name), file.name), content


def _refuse_one_title_twice(packs: list[tuple[Path, Pack, bytes]]) -> None:
    seen: dict[str, Path] = {}
    for file, pack, _ in packs:
        other = seen.setdefault(pack.dataset, file)
        if other is not file:
            raise InputError(
                f"{other.name} and {file.name} have one title, {pack.title[:80]!r}; the second would replace "
                "the first.",
                way_out="Give one of them another title.",
            )


def _coverage(done: list[PackImported]) -> CoverageOf:
    reasons: list[str] = []
    wrong = sum(one.counts.wrong_network for one in done)
    if wrong:
        reasons.append(
            f"{wrong:,} tags say Bitcoin of what is no Bitcoin address; they are kept and flagged."
        )
    return CoverageOf(complete=not reasons, reasons=tuple(reasons))


def _file_name(dataset: str, taken: set[str]) -> str:
    name = _UNFIT.sub("-", dataset.removeprefix(DATASET)).strip("-.")[:80] or "pack"
    number = 1
    while (found := f"{name}{'' if number == 1 else f'-{number}'}.yaml") in taken:
        number += 1
    return found
