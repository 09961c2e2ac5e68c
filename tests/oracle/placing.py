"""Chain order the slow way: every selection of fragments is tried. Standard library only.

Written from the rule in words, for a handful of regtest headers: `header` is 80 bytes, `told` the height in
its coinbase (believed as it is where the version is 2 and up), `claimed` what the source says; -1 for none.
"""

from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from statistics import median


@dataclass(frozen=True)
class Head:
    header: bytes
    told: int = -1
    claimed: int = -1

    @property
    def hash(self) -> bytes:
        return sha256(sha256(self.header).digest()).digest()

    @property
    def previous(self) -> bytes:
        return self.header[4:36]

    @property
    def time(self) -> int:
        return int.from_bytes(self.header[68:72], "little")

    @property
    def target(self) -> int:
        exponent, mantissa = self.header[75], int.from_bytes(self.header[72:75], "little")
        if mantissa > 0x7FFFFF:
            return 0
        return (mantissa << 8 * (exponent - 3)) if exponent >= 3 else mantissa >> 8 * (3 - exponent)

    @property
    def work(self) -> int:
        return 2**256 // (self.target + 1)

    @property
    def bip34(self) -> int:
        return self.told if int.from_bytes(self.header[:4], "little", signed=True) >= 2 else -1


@dataclass
class Placed:
    rows: list[int]
    heights: list[int]
    bases: list[int]
    linked: list[int]
    work: list[int]
    stale: list[int]
    invalid: list[int]


@dataclass
class Piece:
    """Rows of one branch, oldest first."""

    rows: list[int]
    first_height: int
    basis: int


class Forest:
    def __init__(self, heads: list[Head], genesis: bytes, limit: int) -> None:
        self.heads, self.genesis, self.limit = heads, genesis, limit
        self.row_of = {head.hash: row for row, head in enumerate(heads)}

    def ancestors(self, row: int) -> list[int]:
        """From the oldest that is held to the row itself."""
        path = [row]
        while (older := self.row_of.get(self.heads[path[0]].previous)) is not None:
            path.insert(0, older)
        return path

    def valid_alone(self, row: int) -> bool:
        head = self.heads[row]
        if not 0 < head.target <= self.limit or int.from_bytes(head.hash, "little") > head.target:
            return False
        return head.previous != bytes(32) or head.hash == self.genesis

    def valid(self, row: int) -> bool:
        return all(self.valid_alone(older) for older in self.ancestors(row))

    def work(self, path: list[int]) -> int:
        return sum(self.heads[row].work for row in path)

    def pieces(self) -> list[Piece]:
        """The best branch of each fragment."""
        best: dict[bytes, list[int]] = {}
        for row in range(len(self.heads)):
            if not self.valid(row):
                continue
            path = self.ancestors(row)
            key = self.heads[path[0]].previous
            old = best.get(key)
            rank = (-self.work(path), max(path), row)
            if old is None or rank < (-self.work(old), max(old), old[-1]):
                best[key] = path
        return [Piece(path, *self.height_of(path)) for path in best.values()]

    def height_of(self, path: list[int]) -> tuple[int, int]:
        first = self.heads[path[0]]
        if first.hash == self.genesis:
            return 0, 1
        if first.previous == self.genesis:
            return 1, 1
        for basis, kind in ((2, "bip34"), (3, "claimed")):
            told = {
                getattr(self.heads[row], kind) - at
                for at, row in enumerate(path)
                if getattr(self.heads[row], kind) >= 0
            }
            if told:
                only = min(told)
                return (only, basis) if len(told) == 1 and only >= 2 else (-1, 0)
        return -1, 0


def cut(pieces: tuple[Piece, ...]) -> list[Piece] | None:
    """The pieces as they can stand in one chain, or None where one would vanish."""
    ordered = sorted(pieces, key=lambda piece: piece.first_height)
    out = []
    for number, piece in enumerate(ordered):
        keep = len(piece.rows)
        if number + 1 < len(ordered):
            keep = min(keep, ordered[number + 1].first_height - 1 - piece.first_height)
        if keep < 1:
            return None
        out.append(Piece(piece.rows[:keep], piece.first_height, piece.basis))
    return out


def place(heads: list[Head], genesis: bytes, limit: int) -> Placed:
    forest = Forest(heads, genesis, limit)
    pieces = forest.pieces()
    known = [piece for piece in pieces if piece.first_height >= 0]
    choices = [cut(some) for count in range(len(known) + 1) for some in combinations(known, count)]
    chosen = min(
        (choice for choice in choices if choice is not None),
        key=lambda choice: (
            -sum(forest.work(piece.rows) for piece in choice),
            sorted((max(piece.rows) for piece in choice), reverse=True),
        ),
    )
    ordered = _in_order(forest, chosen, [piece for piece in pieces if piece.first_height < 0])
    return _placed(forest, ordered)


def _in_order(forest: Forest, known: list[Piece], unknown: list[Piece]) -> list[Piece]:
    def middle(piece: Piece, pieces: list[Piece]) -> float:
        """The median time of the whole branch, cut or not."""
        whole = next(other for other in pieces if other.rows[0] == piece.rows[0])
        return median(forest.heads[row].time for row in whole.rows)

    everything = forest.pieces()
    out: list[Piece] = sorted(known, key=lambda piece: piece.first_height)
    for piece in sorted(unknown, key=lambda p: (middle(p, everything), forest.heads[p.rows[0]].hash)):
        when = middle(piece, everything)
        # After the last piece that is no later: the times of known ones count as if they never went back.
        at, so_far = 0, -1.0
        for number, other in enumerate(out):
            if other.first_height >= 0:
                so_far = max(so_far, middle(other, everything))
                before = other.first_height == 0 or so_far <= when
            else:
                before = True
            if not before:
                break
            at = number + 1
        out.insert(at, piece)
    return out


def _placed(forest: Forest, pieces: list[Piece]) -> Placed:
    placed = Placed([], [], [], [], [], [], [])
    for piece in pieces:
        for at, row in enumerate(piece.rows):
            placed.rows.append(row)
            placed.heights.append(piece.first_height + at if piece.first_height >= 0 else -1)
            placed.bases.append(piece.basis)
            placed.linked.append(int(at > 0 or forest.heads[row].hash == forest.genesis))
            placed.work.append(forest.work(piece.rows[: at + 1]))
    for row in range(len(forest.heads)):
        if not forest.valid(row):
            placed.invalid.append(row)
        elif row not in placed.rows:
            placed.stale.append(row)
    return placed
