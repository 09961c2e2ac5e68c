"""Which rows a pushed filter can let through: a query for one address reads its postings, not the chain.

A filter comes as text (Arrow gives no other way in). What is understood are comparisons of a column with a
literal, and lists of literals, joined by `and`; from anything else nothing follows. The filter itself is
applied to every row that is left: a row too many costs time only.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from qaif.analysis.tables.rows import Edges
from qaif.chain.addresses import parse_address
from qaif.chain.open import Chain
from qaif.errors import InputError
from qaif.units import HASH_LENGTH, UNKNOWN, Int64s, hash_raw

_TEXT, _NUMBER = r'"(?:[^"\\]|\\.)*"', r"-?\d+"
_MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?"
_LITERAL = rf"(?:{_TEXT}|{_MOMENT}|{_NUMBER})"
_COMPARED = re.compile(rf"\((?P<name>\w+) (?P<op>==|<=|>=|<|>|!=) (?P<value>{_LITERAL})\)")
_LISTED = re.compile(
    rf"if_else\(is_valid\((?P<name>\w+)\), is_in\((?P=name), \{{value_set=\w+:\[\s*"
    rf"(?P<values>{_LITERAL}(?:,\s*{_LITERAL})*)\s*\], null_matching_behavior=MATCH\}}\), null\[bool\]\)"
)
_ASKED_NULL = re.compile(r"is_valid\(\w+\)|is_null\(\w+, \{nan_is_null=false\}\)")
_BOTH = re.compile(r"\(\? and \?\)")
_MOST_LISTED = 1_000

Literal = str | int | datetime
_OPERATORS: dict[str, Callable[[Int64s, int], np.ndarray]] = {
    "==": np.equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


@dataclass(frozen=True)
class Condition:
    """One condition that every row must meet: a column, and the values it is compared with.

    Attributes:
        name: the column.
        op: `==` (with any of several values), `<`, `<=`, `>` or `>=`.
        values: one, or for `==` some.
    """

    name: str
    op: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Candidates:
    """Rows that can meet the conditions: the range [lo, hi), or of it only `nums`, ascending."""

    lo: int
    hi: int
    nums: Int64s | None = None

    def within(self, lo: int, hi: int) -> "Candidates":
        """Those that are in another range too."""
        return Candidates(max(self.lo, lo), min(self.hi, hi), self.nums)

    def among(self, nums: Int64s) -> "Candidates":
        """Those that are of other numbers too."""
        return Candidates(self.lo, self.hi, nums if self.nums is None else np.intersect1d(nums, self.nums))

    def pieces(self, firsts: Int64s, most: int) -> Iterator[Int64s]:
        """Their numbers, at most so many at once; a range is also cut where a segment begins."""
        if self.nums is not None:
            inside = self.nums[(self.nums >= self.lo) & (self.nums < self.hi)]
            yield from (inside[at : at + most] for at in range(0, len(inside), most))
            return
        at = self.lo
        while at < self.hi:
            after = firsts[firsts > at]
            end = min(self.hi, at + most, int(after[0]) if len(after) else self.hi)
            yield np.arange(at, end, dtype=np.int64)
            at = end


def conditions(text: str) -> tuple[Condition, ...]:
    """What every row of a filter must meet; none where the text holds anything that is not understood."""
    found: list[Condition] = []

    def listed(match: re.Match[str]) -> str:
        values = re.findall(_LITERAL, match["values"])
        if len(values) <= _MOST_LISTED:
            found.append(Condition(match["name"], "==", tuple(map(_literal, values))))
        return "?"

    def compared(match: re.Match[str]) -> str:
        if match["op"] != "!=":
            found.append(Condition(match["name"], match["op"], (_literal(match["value"]),)))
        return "?"

    left = _ASKED_NULL.sub("?", _COMPARED.sub(compared, _LISTED.sub(listed, text)))
    while (shorter := _BOTH.sub("?", left)) != left:
        left = shorter
    return tuple(found) if left == "?" else ()


def _literal(text: str) -> Literal:
    if text.startswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if re.fullmatch(_NUMBER, text):
        return int(text)
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Narrowing:
    """Narrows the rows of one primary table of a chain view by conditions."""

    chain: Chain
    edges: Edges
    table: str

    def candidates(self, asked: tuple[Condition, ...]) -> Candidates:
        """The rows that can meet all conditions."""
        left = Candidates(0, self.chain.limits[self.table])
        for condition in asked:
            left = self._narrowed(left, condition)
        return left

    def _narrowed(self, left: Candidates, asked: Condition) -> Candidates:
        if asked.name in {"block_num", "tx_num", "in_num", "out_num"}:
            counts = {"block": "block", "tx": "tx", "in": "txin", "out": "txout"}[asked.name[:-4]]
            lo, hi = _bounds(asked, self.chain.limits[counts])
            return self._owned(left, counts, lo, hi)
        if asked.name in {"height", "block_height", "time"}:
            column = self.edges.time_unix if asked.name == "time" else self.edges.height
            return self._by_block(left, asked, column)
        if asked.op == "==" and asked.name == "txid":
            return self._by_txid(left, asked.values)
        if asked.op == "==" and asked.name in {"script_num", "address"}:
            return self._by_script(left, asked)
        return left

    def _owned(self, left: Candidates, counts: str, lo: int, hi: int) -> Candidates:
        """Rows that belong to a range of blocks or transactions, or are in a range of their own numbers."""
        if counts == self.table:
            return left.within(lo, hi)
        column = {"tx": "tx_lo", "txin": "in_lo", "txout": "out_lo"}.get(self.table)
        if column is None or counts not in {"block", "tx"} or (counts, column) == ("tx", "tx_lo"):
            return left  # such as outputs by the number of an input
        view = getattr(getattr(self.chain, counts), column)
        return left.within(
            *(view.one(num) if num < self.chain.limits[counts] else left.hi for num in (lo, hi))
        )

    def _by_block(self, left: Candidates, asked: Condition, column: np.ndarray) -> Candidates:
        keep = np.zeros(len(column), dtype=np.bool_)
        for value in asked.values:
            if isinstance(value, str):
                return left
            keep |= _compared(column, asked.op, value)
        found = np.flatnonzero(keep)
        lo, hi = (int(found[0]), int(found[-1]) + 1) if len(found) else (0, 0)
        return self._owned(left, "block", lo, hi) if lo < hi else left.within(0, 0)

    def _by_txid(self, left: Candidates, values: tuple[Literal, ...]) -> Candidates:
        shown = [value for value in values if isinstance(value, str) and len(value) == 2 * HASH_LENGTH]
        try:
            txs = [self.chain.tx_nums(hash_raw(value)) for value in shown]
        except ValueError:
            return left
        nums = np.unique(np.concatenate([*txs, np.zeros(0, dtype=np.int64)]))
        if self.table == "tx":
            return left.among(nums)
        view = self.chain.tx.in_lo if self.table == "txin" else self.chain.tx.out_lo
        spans = [np.arange(view.one(int(num)), view.one(int(num) + 1), dtype=np.int64) for num in nums]
        return left.among(np.concatenate([*spans, np.zeros(0, dtype=np.int64)]))

    def _by_script(self, left: Candidates, asked: Condition) -> Candidates:
        read = {"txin": self.chain.ins_of, "txout": self.chain.outs_of}
        scripts = [self._script(value) for value in asked.values]
        held = sorted({num for num in scripts if 0 <= num < self.chain.n_scripts})
        if self.table in read:
            parts = [read[self.table](num) for num in held]
            return left.among(np.unique(np.concatenate([*parts, np.zeros(0, dtype=np.int64)])))
        return left.among(np.array(held, dtype=np.int64)) if self.table == "script" else left

    def _script(self, value: Literal) -> int:
        """The number of a script, or of an address's; -1 where there is none."""
        if isinstance(value, int):
            return value
        try:
            return self.chain.script_num(parse_address(str(value), self.chain.network).script_raw)
        except InputError:
            return UNKNOWN


def _bounds(asked: Condition, limit: int) -> tuple[int, int]:
    """The range of numbers from 0 to `limit` that a condition leaves."""
    values = [value for value in asked.values if isinstance(value, int)]
    if len(values) < len(asked.values):
        return 0, limit
    least, most = min(values), max(values)
    lo = {"==": least, ">=": least, ">": least + 1}.get(asked.op, 0)
    hi = {"==": most + 1, "<=": most + 1, "<": most}.get(asked.op, limit)
    lo = min(max(lo, 0), limit)
    return lo, max(min(hi, limit), lo)


def _compared(column: np.ndarray, op: str, value: int | datetime) -> np.ndarray:
    """Which values of a column meet a condition; a moment is compared in whole microseconds."""
    if isinstance(value, int):
        return _OPERATORS[op](column.astype(np.int64), value)
    micros = int(value.replace(microsecond=0).timestamp()) * 1_000_000 + value.microsecond
    return _OPERATORS[op](column.astype(np.int64) * 1_000_000, micros)
