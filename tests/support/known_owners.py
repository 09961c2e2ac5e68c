"""A small chain whose owners are known, with the truth beside it as a simulated chain has it.

People with wallets of different habits pay one another; now and then several of them mix.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from oracle.blockfile import write
from oracle.blockmaker import Branch, Out, Outpoint, Tx, make_tx, seeded

SUBSIDY = 50 * 10**8


@dataclass
class Person:
    """Who has coins, and how their wallet makes transactions."""

    num: int
    version: int
    locktime: bool
    taproot: bool
    reuses: bool
    keys: int = 0

    def script(self) -> bytes:
        self.keys += not self.reuses or not self.keys
        digest = sha256(f"{self.num} {self.keys}".encode()).digest()
        return b"\x51\x20" + digest if self.taproot else b"\x00\x14" + digest[:20]


@dataclass
class KnownOwners:
    """The chain and its truth, growing."""

    rng: Random
    people: list[Person] = field(default_factory=list)
    purse: dict[Outpoint, tuple[int, int]] = field(default_factory=dict)  # value, person
    owner: dict[bytes, int] = field(default_factory=dict)
    change: dict[Outpoint, bool] = field(default_factory=dict)
    mix: dict[bytes, str] = field(default_factory=dict)
    scripts: dict[Outpoint, bytes] = field(default_factory=dict)
    branch: Branch = field(init=False)

    def __post_init__(self) -> None:
        self.branch = Branch(self.rng)
        self.people = [Person(n, 1 + n % 2, n % 3 == 0, n % 4 == 1, n == 5) for n in range(9)]

    @classmethod
    def of(cls, seed: int, blocks: int) -> "KnownOwners":
        made = cls(seeded(seed))
        for _ in range(blocks):
            made.grow()
        return made

    def grow(self) -> None:
        txs = [self.payment() for _ in range(self.rng.randint(2, 5)) if len(self.purse) > 5]
        if self.rng.random() < 0.3:
            txs += self.mixed()
        miner = self.rng.choice(self.people)
        block = self.branch.add(txs, [(SUBSIDY, self._script(miner))])
        self._take_in(block.txs[0], [miner], [False], "")

    def _script(self, person: Person) -> bytes:
        script = person.script()
        self.owner[script] = person.num
        return script

    def _take_in(self, tx: Tx, to: Sequence[Person], change: Sequence[bool], mix: str) -> Tx:
        self.mix[tx.txid] = mix
        for n, (value, script) in enumerate(tx.outs):
            if n < len(to):
                self.purse[tx.txid, n] = (value, to[n].num)
                self.change[tx.txid, n] = change[n]
                self.scripts[tx.txid, n] = script
        return tx

    def _spend(self, person: Person, at_most: int) -> tuple[list[Outpoint], int]:
        mine = sorted(at for at, (_, owner) in self.purse.items() if owner == person.num)
        taken = self.rng.sample(mine, min(len(mine), self.rng.randint(1, at_most)))
        return taken, sum(self.purse.pop(at)[0] for at in taken)

    def payment(self) -> Tx:
        rng = self.rng
        payer = self.people[rng.choice(sorted({owner for _, owner in self.purse.values()}))]
        payee = rng.choice([one for one in self.people if one is not payer])
        spent, total = self._spend(payer, 3)
        amount = total * rng.randint(1, 8) // 10
        if rng.random() < 0.7:
            amount -= amount % 10_000_000
        rows: list[tuple[int, Person, bool]] = [(amount, payee, False)]
        if amount:  # now and then another is paid all the rest
            last = payer if rng.random() < 0.9 else rng.choice([one for one in self.people if one != payer])
            rows.append((total - amount - rng.randint(1_001, 9_999), last, last is payer))
        else:
            rows = [(total - 1_234, payee, False)]
        rng.shuffle(rows)
        outs: list[Out] = [(value, self._script(person)) for value, person, _ in rows]
        lock = len(self.branch.blocks) if payer.locktime else 0
        tx = make_tx(spent, outs, version=payer.version, locktime=lock, witnesses=[[bytes(71), bytes(33)]])
        return self._take_in(tx, [row[1] for row in rows], [row[2] for row in rows], "")

    def mixed(self) -> list[Tx]:
        """Three or more put in as much as the poorest has; each has change."""
        rich = sorted({owner for value, owner in self.purse.values() if value > 10**8})
        if len(rich) < 4:
            return []
        takers = [self.people[n] for n in self.rng.sample(rich, 4)]
        spent = [self._spend(one, 2) for one in takers]
        size = min(total for _, total in spent) * 4 // 5
        outs = [(size, self._script(one)) for one in takers]
        outs += [(total - size - 500 - one.num, self._script(one)) for one, (_, total) in zip(takers, spent)]  # noqa: B905
        tx = make_tx([at for coins, _ in spent for at in coins], outs)
        return [self._take_in(tx, [*takers, *takers], [False] * 4 + [True] * 4, "joinmarket")]

    def write(self, folder: Path) -> Path:
        """The folder as `qaif simulate` leaves one, but for columns that nobody here reads."""
        write(folder / "blocks" / "blk00000.dat", self.branch.blocks)
        (folder / "truth").mkdir()
        tables = {
            "scripts": {"script_raw": list(self.owner), "controller": list(self.owner.values())},
            "outputs": {
                "txid_raw": pa.array([at[0] for at in self.change], pa.binary(32)),
                "vout": [at[1] for at in self.change],
                "is_change": list(self.change.values()),
            },
            "transactions": {
                "txid_raw": pa.array(list(self.mix), pa.binary(32)),
                "kind": ["mix" if word else "payment" for word in self.mix.values()],
                "mix": list(self.mix.values()),
            },
            "actors": {
                "actor": [one.num for one in self.people],
                "era": ["early" if one.num % 2 else "late" for one in self.people],
            },
        }
        for name, columns in tables.items():
            pq.write_table(pa.table(columns), folder / "truth" / f"{name}.parquet")
        (folder / "truth" / "economy.json").write_text('{"scenario": "known-owners", "seed": 5}')
        return folder
