"""Folders of block files damaged in sixteen ways, and what indexing each of them may come to.

A kind of damage is a function that changes a good `Folder`. What is allowed follows from what it did: where
an `error` is set, a typed error whose message names a file of the folder; else the columns of the good chain
less the blocks of which no whole copy is left, mostly none. Where blocks are lost and a stale branch is there
too, what is left is no part of one chain, and may be refused as spending twice: then it must be as with the
same blocks in one file without fault. Nothing else is allowed of any kind.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from oracle import made
from oracle.blockfile import frame, obfuscated
from oracle.blockmaker import MAGIC, Block, Branch, seeded
from qaif.errors import BlockDataError, BlockFileError, NetworkMismatchError, QaifError

MAINNET_MAGIC = bytes.fromhex("f9beb4d9")
OTHER_MAGICS = (MAINNET_MAGIC, bytes.fromhex("0a03cf40"), bytes.fromhex("0b110907"))
Piece = Block | bytes


@dataclass
class Folder:
    """Block files to be: pieces are blocks, framed when written, or bytes as they are in the clear.

    Attributes:
        chain: the good chain, in order.
        files: pieces by file number.
        key: of `xor.dat`; empty for none.
        stored_key: what the files are obfuscated with, where that differs from the key beside them.
        reserved: zeros at the end of each file, never obfuscated.
        magics: of files whose frames have another magic.
        stale: blocks besides the chain.
        error: the error that is allowed, and then required.
    """

    chain: list[Block]
    files: dict[int, list[Piece]]
    key: bytes = b""
    stored_key: bytes | None = None
    key_file: bytes | None = None
    reserved: int = 0
    magics: dict[int, bytes] = field(default_factory=dict)
    stale: list[Block] = field(default_factory=list)
    error: type[QaifError] | None = None

    def whole(self) -> set[bytes]:
        """Hashes of the blocks of which a whole copy is there."""
        return {
            piece.hash
            for number, pieces in self.files.items()
            if number not in self.magics
            for piece in pieces
            if isinstance(piece, Block)
        }

    def left(self) -> list[Block]:
        """The chain less what is really lost."""
        whole = self.whole()
        return [block for block in self.chain if block.hash in whole]

    def found(self) -> list[Block]:
        """Every block of which a whole copy is there, stale ones too, once, as they stand."""
        every = (piece for number in sorted(self.files) for piece in self.files[number])
        return list(dict.fromkeys(piece for piece in every if isinstance(piece, Block)))

    def write(self, path: Path) -> Path:
        """Make it."""
        path.mkdir(parents=True)
        key = self.key if self.stored_key is None else self.stored_key
        for number, pieces in self.files.items():
            magic = self.magics.get(number, MAGIC)
            data = b"".join(piece if isinstance(piece, bytes) else frame(piece, magic) for piece in pieces)
            stored = obfuscated(data, key) if key else data
            (path / f"blk{number:05}.dat").write_bytes(stored + bytes(self.reserved))
        beside = self.key if self.key_file is None else self.key_file
        if beside:
            (path / "xor.dat").write_bytes(beside)
        return path


def good(chain: list[Block], rng: Random) -> Folder:
    """A chain in three files, as a node leaves it."""
    one, other = sorted(rng.sample(range(2, len(chain) - 1), 2))
    files: dict[int, list[Piece]] = {0: [*chain[:one]], 1: [*chain[one:other]], 2: [*chain[other:]]}
    return Folder(chain, files, reserved=rng.choice((0, 0, 1, 7, 100, 20_000)))


def shuffle(folder: Folder, rng: Random) -> None:
    """Blocks in any order and any file: the same chain."""
    pieces = [piece for pieces in folder.files.values() for piece in pieces]
    rng.shuffle(pieces)
    for number in folder.files:
        folder.files[number] = []
    for piece in pieces:
        folder.files[rng.choice(list(folder.files))].append(piece)


def stale(folder: Folder, rng: Random) -> None:
    """A branch with less work among the blocks: the same chain."""
    at = rng.randrange(5, len(folder.chain) - 3)
    branch = Branch(seeded(1), folder.chain[: at + 1]).fork(at, rng.randrange(2**32))
    folder.stale = branch.grow(rng.randint(1, len(folder.chain) - at - 2), 2).blocks[at + 1 :]
    for block in folder.stale:
        _put(folder, rng, block)


def duplicate(folder: Folder, rng: Random) -> None:
    """Blocks twice, and some whose first copy is broken within: the same chain."""
    for block in rng.sample(folder.chain, rng.randint(1, 8)):
        if rng.random() < 0.5:
            _put(folder, rng, block)
            continue
        bad = bytearray(frame(block))
        bad[rng.randrange(90, len(bad))] ^= 1 << rng.randrange(8)
        number, at = _place(folder, block)
        folder.files[number].insert(at, bytes(bad))


def junk(folder: Folder, rng: Random) -> None:
    """Bytes between blocks, pieces of blocks and of frames among them: the same chain."""
    for _ in range(rng.randint(1, 9)):
        begun = frame(rng.choice(folder.chain))
        many = rng.randbytes(rng.choice((1, 8, 80, 3_000)))
        few = MAGIC + rng.randbytes(rng.choice((0, 4, 40)))
        _put(folder, rng, rng.choice((many, few, MAGIC, begun[: rng.randrange(1, len(begun) - 1)])))


def zero_gap(folder: Folder, rng: Random) -> None:
    """Zeros between blocks, in the clear and as stored: the same chain."""
    for _ in range(rng.randint(1, 5)):
        _put(folder, rng, bytes(rng.choice((1, 7, 8, 87, 88, 89, 4_096, 300_000))))
    if rng.random() < 0.3:
        folder.key = folder.key or rng.randbytes(8)


def torn_tail(folder: Folder, rng: Random) -> None:
    """The last block of a file cut short: the same chain less that block, unless another copy is there."""
    number = rng.choice(
        [n for n, pieces in folder.files.items() if any(isinstance(p, Block) for p in pieces)]
    )
    pieces = folder.files[number]
    while not isinstance(pieces[-1], Block):
        pieces.pop()
    framed = frame(pieces[-1])
    cut = rng.randrange(1, len(framed))
    if folder.reserved and not folder.key:  # zeros that follow may be those that were cut off
        cut = min(cut, len(framed.rstrip(b"\0")) - 1)
    pieces[-1] = framed[:cut]


def magic_inside(folder: Folder, rng: Random) -> None:
    """Outputs that hold the magic, frames and whole framed blocks: the same chain, with these outputs."""
    branch = Branch(seeded(rng.randrange(2**32))).grow(3, 2)
    for _ in range(6):
        other = frame(rng.choice(branch.blocks))
        inside = rng.choice(
            (MAGIC, MAGIC * 3, other, other[:88], other[:-1], MAGIC + b"\x51\0\0\0" + bytes(90))
        )
        branch.add([], [(1, b"\x6a" + bytes(rng.randrange(9)) + inside + bytes(rng.randrange(9)))])
        branch.grow(1, 2)
    whole = good(branch.blocks, rng)
    folder.chain, folder.files = whole.chain, whole.files


def lying_size(folder: Folder, rng: Random) -> None:
    """A frame whose length is not its block's: the same chain less that block.

    Where the lie ends just where another frame begins, and the block has no other copy, it is believed until
    the block is read: then an error that names the file.
    """
    block = rng.choice(folder.chain[1:])
    number, at = _place(folder, block)
    size, following = len(block.raw), folder.files[number][at + 1 : at + 3]
    swallowed = [size + sum(len(frame(b)) for b in following[: n + 1] if isinstance(b, Block)) for n in (0,)]
    lies = [0, 1, 79, 80, 81, 88, size - 1, size + 1, size + 9, 3_000_000, 4_000_001, 2**31, 2**32 - 1]
    lies += [swallowed[0]] if len(following) == 2 and all(isinstance(b, Block) for b in following) else []
    lie = rng.choice([each for each in lies if each != size])
    folder.files[number][at] = MAGIC + lie.to_bytes(4, "little") + block.raw
    if lie == swallowed[0] and len(following) == 2:
        folder.error = BlockDataError


def xor_on(folder: Folder, rng: Random) -> None:
    """Obfuscated, as by Bitcoin Core since v28: the same chain."""
    folder.key = rng.choice((rng.randbytes(8), rng.randbytes(1) + bytes(7), bytes(7) + rng.randbytes(1)))
    if folder.key == bytes(8):
        folder.key = b"\1" * 8


def xor_off(folder: Folder, rng: Random) -> None:
    """In the clear: the same chain beside a key of zeros; an error beside one that says otherwise."""
    folder.key, folder.key_file = b"", bytes(8)
    if rng.random() < 0.5:
        folder.key_file = rng.randbytes(7) + b"\1"
        folder.error = BlockFileError


def missing(folder: Folder, rng: Random) -> None:
    """The key is gone, or another one, or not one: an error."""
    folder.key = rng.randbytes(7) + b"\x7e"
    other = rng.randbytes(7) + b"\x7d"
    folder.key_file = rng.choice((b"", other, bytes(8), folder.key[:-1], folder.key * 2))
    folder.error = BlockFileError


def magic_in_key(folder: Folder, rng: Random) -> None:
    """The key holds the magic, so that reserved space shows it again and again: the same chain."""
    turn = rng.randrange(8)
    key = MAGIC + rng.choice((rng.randbytes(4), MAGIC, (81).to_bytes(4, "little")))
    folder.key = key[turn:] + key[:turn]
    folder.reserved = rng.choice((0, 5, 88, 4_000, 70_000))


def wrong_network(folder: Folder, rng: Random) -> None:
    """Blocks of another network: an error. Regtest's blocks with another's magic have not its work."""
    if rng.random() < 0.5:
        folder.magics = {rng.choice(list(folder.files)): rng.choice(OTHER_MAGICS)}
        folder.error = BlockFileError
        return
    raw = made.genesis().serialise()
    framed = MAINNET_MAGIC + len(raw).to_bytes(4, "little") + raw
    number = rng.choice(list(folder.files))
    folder.files[number].insert(rng.randint(0, len(folder.files[number])), framed)
    folder.error = NetworkMismatchError


def empty(folder: Folder, rng: Random) -> None:
    """Files without a block beside others: the same chain; nothing but such files: an error."""
    if rng.random() < 0.25:
        folder.files = {number: [bytes(rng.choice((0, 1, 8, 100_000)))] for number in range(3)}
        folder.error = BlockFileError
        return
    for _ in range(rng.randint(1, 3)):
        folder.files[rng.randrange(3, 9)] = [bytes(rng.choice((0, 0, 1, 7, 8, 88, 100_000)))]
    if not folder.key and rng.random() < 0.5:
        folder.key = rng.randbytes(8)
        for number in [number for number in folder.files if number > 2]:
            folder.files[number] = []  # reserved space is zeros as stored


def gap_in_numbering(folder: Folder, rng: Random) -> None:
    """Numbers left out: the same chain; a file that is gone: the chain less its blocks."""
    numbers = sorted(rng.sample((0, 1, 3, 9, 77, 99_998, 99_999, 100_000, 123_456), 3))
    folder.files = dict(zip(numbers, folder.files.values(), strict=True))
    if rng.random() < 0.5:
        del folder.files[numbers[1]]


Kind = Callable[[Folder, Random], None]
KINDS: dict[str, Kind] = {
    each.__name__: each
    for each in (
        *(shuffle, stale, duplicate, junk, zero_gap, torn_tail, magic_inside, lying_size),
        *(xor_on, xor_off, missing, magic_in_key, wrong_network, empty, gap_in_numbering),
    )
}
GROWING = "growing"  # the sixteenth: see blockfiles.py
# these go together in any order of this list, and each leaves what the others need
TOGETHER = (stale, duplicate, shuffle, xor_on, magic_in_key, junk, zero_gap, gap_in_numbering, torn_tail)


def _put(folder: Folder, rng: Random, piece: Piece) -> None:
    """Somewhere, but not before a first block that tells the network."""
    number = rng.choice(list(folder.files))
    pieces = folder.files[number]
    pieces.insert(rng.randint(0, len(pieces)), piece)


def _place(folder: Folder, block: Block) -> tuple[int, int]:
    for number, pieces in folder.files.items():
        if block in pieces:
            return number, pieces.index(block)
    raise LookupError("the block is in no file")


def damaged(kind: str, seed: int, chain: list[Block]) -> Folder:
    """A folder with one kind of damage, or several where names are joined by `+`."""
    rng = seeded(seed * 1_000_003 + sum(kind.encode()))
    folder = good(chain, rng)
    for name in kind.split("+"):
        KINDS[name](folder, rng)
    return folder


def combination(seed: int) -> str:
    """Two kinds that go together."""
    rng = seeded(seed)
    one, other = sorted(rng.sample(range(len(TOGETHER)), 2))
    return f"{TOGETHER[one].__name__}+{TOGETHER[other].__name__}"


def paths_told(folder: Path, message: str) -> bool:
    """Whether a message names something in the folder."""
    return os.fspath(folder) in message
