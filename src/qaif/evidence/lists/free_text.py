"""Addresses in a list's running text, where a list has no field for them."""

from qaif.evidence.finder import find
from qaif.evidence.lists.making import Making
from qaif.evidence.lists.wallets import say_wallet
from qaif.evidence.passages import plain_passages
from qaif.feeds.networks import NETWORKS

_SHORTEST = 26
_HINTS = ("1", "3", "bc1", "BC1")


def wallets_in(text: str, made: Making, holder: str, locator: str) -> None:
    """Say each Bitcoin address that stands in a text, flagged as read from it."""
    if len(text) < _SHORTEST or not any(hint in text for hint in _HINTS):
        return
    if max(map(len, text.split()), default=0) < _SHORTEST:
        return
    found = find(text, plain_passages(text), NETWORKS["mainnet"])
    for mention in found.mentions:
        place = f"{locator} [{mention.start}:{mention.end}]"
        made.flag(place, "from running text", "The address stands in a remark, in no field of its own.", "")
        say_wallet(made, mention.address, "XBT", holder, place)
