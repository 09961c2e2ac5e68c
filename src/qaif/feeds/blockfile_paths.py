"""Which files are meant by the paths that a user gives."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from qaif.errors import BlockFileError
from qaif.feeds.blockfile_bytes import unreadable
from qaif.feeds.networks import Network

_BLOCK_FILE = re.compile(r"blk(\d{5,})\.dat")
_SUBFOLDERS = {
    "mainnet": "",
    "testnet3": "testnet3",
    "testnet4": "testnet4",
    "signet": "signet",
    "regtest": "regtest",
}


def block_files(paths: Sequence[Path], network: Network | None) -> list[Path]:
    """The block files of some paths, each once: files as they are, folders by the numbers of their files.

    Args:
        paths: block files, folders of `blk*.dat`, or data directories of Bitcoin Core.
        network: picks the folder within a data directory.

    Raises:
        BlockFileError: a path is not there, or a folder has no block files.
    """
    files = dict.fromkeys(file for path in paths for file in _files_of(path, network))
    return list(files)


def _files_of(path: Path, network: Network | None) -> list[Path]:
    try:
        if path.is_dir():
            return _numbered(path) or _numbered(folder_of_blocks(path, network))
        if path.is_file():
            return [path.resolve()]
    except OSError as error:
        raise unreadable(path, error) from error
    raise BlockFileError(
        f"{path} is not there." if not path.exists() else f"{path} is neither a file nor a folder.",
        way_out="Name a Bitcoin Core data directory, a folder of blk*.dat, or block files.",
        path=str(path),
    )


def folder_of_blocks(path: Path, network: Network | None) -> Path:
    """The folder that holds the block files of a folder, itself or one below.

    Raises:
        BlockFileError: there is none, or there are several and no network says which.
    """
    if _numbered(path):
        return path.resolve()
    own = _SUBFOLDERS.get(network.name) if network else None
    names = [own] if own is not None else list(_SUBFOLDERS.values())
    inside = [path / name / "blocks" for name in dict.fromkeys([*names, ""])]
    holding: list[Path] = [folder for folder in inside if folder.is_dir() and _numbered(folder)]
    if network is None and len(holding) > 1:
        raise BlockFileError(
            f"{path} holds block files of several networks.",
            way_out="Say which one with --network.",
            path=str(path),
        )
    if not holding:
        raise BlockFileError(
            f"{path} holds no block files (blk00000.dat and so on), nor does a `blocks` folder in it.",
            way_out="Name a Bitcoin Core data directory, a folder of blk*.dat, or block files.",
            path=str(path),
        )
    return holding[0].resolve()


def _numbered(folder: Path) -> list[Path]:
    return [path for _, path in sorted(_with_numbers(folder))]


def _with_numbers(folder: Path) -> Iterator[tuple[int, Path]]:
    real = folder.resolve()
    with os.scandir(folder) as entries:
        for entry in entries:
            match = _BLOCK_FILE.fullmatch(entry.name)
            if match and entry.is_file():
                path = real / entry.name
                yield int(match.group(1)), path.resolve() if entry.is_symlink() else path
