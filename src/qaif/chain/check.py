"""`qaif check`: every checksum, and every invariant across tables; what fails is named.

The invariants themselves stand in `chain/invariants.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qaif.chain import manifest as manifests
from qaif.chain import sections
from qaif.chain.digest import chain_digest
from qaif.chain.files import StoreFiles
from qaif.chain.invariants import INVARIANTS
from qaif.chain.open import Chain
from qaif.chain.sections import FileRef
from qaif.errors import NotFoundError, StoreError
from qaif.feeds.shape import Progress, silent


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Attributes:
        files: files hashed.
        file_bytes: their bytes.
        checks: names of what was tried.
        faults: what does not hold, in words; empty for a good store.
        digest: the digest of all logical columns, or None where a fault stood in the way.
    """

    files: int
    file_bytes: int
    checks: tuple[str, ...]
    faults: tuple[str, ...]
    digest: str | None

    @property
    def good(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults


def check(folder: Path, progress: Progress = silent) -> CheckReport:
    """Check a whole store.

    Args:
        folder: the chain folder.
        progress: told the bytes that were hashed, then the invariants that were tried.

    Raises:
        NotFoundError: there is no store.
        StoreError: not even the manifest can be read.
    """
    files = StoreFiles(folder)
    manifest = manifests.load(files)
    if manifest is None:
        raise NotFoundError(f"There is no chain in {folder}.", way_out="Make one with `qaif index PATH...`.")
    refs = manifest.file_refs()
    total = sum(ref.length for ref in refs)
    faults = list(_file_faults(files, refs, total, progress))
    tried: tuple[str, ...] = ("file checksums",)
    digest = None
    if not faults:
        with Chain.open(folder) as chain:
            faults = list(_faults(chain, progress))
            tried += tuple(name for name, _ in INVARIANTS)
            digest = None if faults else chain_digest(chain)
    return CheckReport(len(refs), total, tried, tuple(faults), digest)


def _file_faults(files: StoreFiles, refs: list[FileRef], total: int, progress: Progress) -> Iterator[str]:
    done = 0
    for ref in refs:
        try:
            sections.verify(files.map(ref.name, ref.length), ref)
        except StoreError as error:
            yield error.message
        done += ref.length
        progress(done, total, "bytes")


def _faults(chain: Chain, progress: Progress) -> Iterator[str]:
    for done, (name, find) in enumerate(INVARIANTS):
        progress(done, len(INVARIANTS), "invariants")
        try:
            yield from (f"{name}: {what}" for what in find(chain))
        except (IndexError, ValueError) as error:
            yield f"{name}: numbers point outside their table ({error})"
