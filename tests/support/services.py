"""A chain of a block a day in which given scripts are paid and spend as often as one says."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256

from oracle.blockmaker import Block, Outpoint, Tx, genesis, make_block, make_coinbase, make_tx, push, seeded
from oracle.ripemd160 import hash160

DAY = 86_400
COIN = 10_000_000
Plan = Sequence[Mapping[int, int]]  # for each day, how many payments each service receives


def key(service: int) -> bytes:
    return b"\x02" + sha256(b"service %d" % service).digest()


def script(service: int) -> bytes:
    return b"\x76\xa9\x14" + hash160(key(service)) + b"\x88\xac"


def giver(number: int) -> bytes:
    return b"\x00\x14" + sha256(b"giver %d" % number).digest()[:20]


def blocks_of(begins: date, plan: Plan, *, seed: int = 1, spend_every: int = 0) -> list[Block]:
    """Blocks at noon of successive days.

    Each payment comes from a giver of its own and is of a random amount; every `spend_every`-th coin that a
    service received is spent the day after.
    """
    rng, made = seeded(seed), [genesis()]
    noon = int(datetime(begins.year, begins.month, begins.day, 12, tzinfo=UTC).timestamp())
    free: list[Outpoint] = []
    purse: list[tuple[Outpoint, int]] = []
    givers = 0
    for number, day in enumerate(plan):
        payments = [service for service, count in day.items() for _ in range(count)]
        txs: list[Tx] = [_spending(at, service) for at, service in purse]
        purse = []
        for service in payments if len(free) >= len(payments) else []:
            amount = rng.randint(COIN // 10, COIN)
            tx = make_tx([free.pop()], [(amount, script(service))])
            if spend_every and rng.randrange(spend_every) == 0:
                purse.append(((tx.txid, 0), service))
            txs.append(tx)
        wanted = max(1, max((sum(each.values()) for each in plan[number : number + 2]), default=0))
        outs = [(COIN, giver(givers + n)) for n in range(wanted)]
        givers += wanted
        coinbase = make_coinbase(push(number.to_bytes(4, "little")) + push(rng.randbytes(4)), outs)
        block = make_block(made[-1].hash, noon + number * DAY, [coinbase, *txs])
        free += [(block.txs[0].txid, vout) for vout in range(wanted)]
        made.append(block)
    return made


def _spending(at: Outpoint, service: int) -> Tx:
    signature = bytes.fromhex("3006020101020101") + b"\x01"
    return make_tx([at], [(COIN // 20, giver(10**6 + service))], [push(signature) + push(key(service))])
