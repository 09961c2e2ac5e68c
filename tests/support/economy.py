"""A few people with keys who pay one another: blocks whose inputs tell whose they are, as real ones do."""

from dataclasses import dataclass, field
from hashlib import sha256
from random import Random

from oracle.blockmaker import Block, Branch, Outpoint, Tx, make_tx, push, seeded
from oracle.ripemd160 import hash160

PEOPLE = 9
_SIGNATURE = bytes.fromhex("3006020101020101") + b"\x01"


def key(person: int) -> bytes:
    return b"\x02" + sha256(bytes([person])).digest()


def script(person: int) -> bytes:
    """Their P2PKH; the last person's is a taproot output, whose spending tells nothing."""
    if person == PEOPLE - 1:
        return b"\x51\x20" + key(person)[1:]
    return b"\x76\xa9\x14" + hash160(key(person)) + b"\x88\xac"


@dataclass
class Economy:
    """Random payments, block after block."""

    rng: Random
    branch: Branch
    purse: dict[Outpoint, tuple[int, int]] = field(default_factory=dict)  # value, person

    @classmethod
    def of(cls, seed: int, blocks: int) -> "Economy":
        rng = seeded(seed)
        made = cls(rng, Branch(rng, step=3 * 86_400))
        for _ in range(blocks):
            made.grow()
        return made

    @property
    def blocks(self) -> list[Block]:
        return self.branch.blocks

    def grow(self) -> None:
        if self.rng.random() < 0.05:
            self.branch.step += 86_400  # a later block stands months away: empty months between
        txs = [self.payment() for _ in range(self.rng.randint(0, 4)) if len(self.purse) > 4]
        person = self.rng.randrange(PEOPLE)
        block = self.branch.add(txs, [(50 * 10**8, script(person))])
        self.purse[block.txs[0].txid, 0] = (50 * 10**8, person)

    def payment(self) -> Tx:
        rng = self.rng
        spent = rng.sample(sorted(self.purse), rng.choice([1, 1, 2, 3]))
        if rng.random() < 0.4:  # change their mind: only one person's coins
            person = self.purse[spent[0]][1]
            spent = [at for at in spent if self.purse[at][1] == person]
        owners = [self.purse[at][1] for at in spent]
        total = sum(self.purse.pop(at)[0] for at in spent)
        fee = rng.randint(0, min(total, 10_000))
        payees = [rng.choice([*range(PEOPLE), *owners]) for _ in range(rng.randint(1, 4))]
        part = (total - fee) // len(payees)
        outs = [(part, script(person)) for person in payees]
        if rng.random() < 0.3:
            outs.append((0, b"\x6a" + push(rng.randbytes(6))))
        tx = make_tx(spent, outs, [unlocking(person) for person in owners])
        for vout, person in enumerate(payees):
            if part:
                self.purse[tx.txid, vout] = (part, person)
        return tx


def unlocking(person: int) -> bytes:
    """What a spender of theirs shows."""
    return b"" if person == PEOPLE - 1 else push(_SIGNATURE) + push(key(person))
