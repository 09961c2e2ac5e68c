"""How would the cluster of an address look without a transaction, or without a method?"""

from dataclasses import dataclass
from pathlib import Path

from qaif.analysis.clusters.without import Apart, methods, without
from qaif.errors import NotFoundError, UsageError
from qaif.questions.answer import Answer
from qaif.questions.asked import refuse_secrets, txid_named
from qaif.questions.cluster import shown_as
from qaif.questions.clustering import Opened, clusters_opened
from qaif.questions.standing import as_of as as_of_of

_SAMPLE = 5
_MOST_PARTS = 20
_HASH_DIGITS = 64


@dataclass(frozen=True)
class Part:
    """Members of the cluster that stay together.

    Attributes:
        count: how many.
        sample: some, as addresses, or as bytes in hex.
        holds_asked: the address asked about is among them.
    """

    count: int
    sample: tuple[str, ...]
    holds_asked: bool


@dataclass(frozen=True, kw_only=True)
class WhatIfAnswer(Answer):
    """A cluster with something left out.

    Attributes:
        address: whose cluster.
        without: the transaction or method that is left out.
        before: members as things are.
        after: members of the address's cluster without it.
        parts: what the members fall into, the part of the address first, then by size.
        parts_left_out: how many more parts there are.
        joined: members that the cluster has without it and had not before.
    """

    address: str
    without: str
    before: int
    after: int
    parts: tuple[Part, ...]
    parts_left_out: int
    joined: int


def what_if(
    workspace: Path, asked: str, left_out: str, *, as_of: str | None = None, with_change: bool = False
) -> WhatIfAnswer:
    """The cluster of an address without a transaction or a method; everything after it is decided anew.

    Raises:
        UsageError: there is no such method.
        AddressError: the address is misprinted.
        PrivateKeyError: it is a private key.
        NotFoundError: address or transaction does not occur here, or there is no chain.
    """
    refuse_secrets(left_out)
    with clusters_opened(workspace, as_of, with_change=with_change) as opened:
        script = opened.script(asked)
        apart = _without(opened, script, left_out)
        return WhatIfAnswer(
            layer=opened.layer,
            basis=opened.basis,
            as_of=as_of_of(opened.chain),
            coverage=opened.coverage,
            address=asked.strip(),
            without=left_out,
            before=len(apart.before),
            after=len(apart.after),
            parts=tuple(
                Part(
                    len(part),
                    tuple(shown_as(opened, int(num)) for num in part[:_SAMPLE]),
                    holds_asked=at == 0,
                )
                for at, part in enumerate(apart.parts[:_MOST_PARTS])
            ),
            parts_left_out=max(0, len(apart.parts) - _MOST_PARTS),
            joined=len(apart.after) - len(apart.parts[0]),
        )


def _without(opened: Opened, script: int, left_out: str) -> Apart:
    known = methods(opened.forest)
    if left_out in known:
        return without(opened.chain, opened.forest, script, method=left_out)
    if len(left_out) != _HASH_DIGITS:
        raise UsageError(
            "What is left out is a transaction id or a method; this is neither.",
            way_out=f"Write 64 hexadecimal digits, or one of {', '.join(known)}.",
        )
    txid = txid_named(left_out)
    if not len(opened.chain.tx_nums(txid)):
        raise NotFoundError(
            "This transaction is not in the blocks held.", way_out="See `qaif status` for what is held."
        )
    return without(opened.chain, opened.forest, script, txid=txid)
