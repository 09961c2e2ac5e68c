"""A feed around another: the same blocks, told more of."""

from qaif.feeds.networks import Network
from qaif.feeds.shape import Feed, HeaderTable, RawBlocks
from qaif.kernels import parse
from qaif.kernels.parse_columns import ParsedBlocks
from qaif.units import Int64s


class FeedAround:
    """What a feed that adds to another passes on as it is.

    Args:
        feed: the other.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    @property
    def network(self) -> Network:
        """The feed's network."""
        return self._feed.network

    def headers(self) -> HeaderTable:
        """The feed's headers."""
        return self._feed.headers()

    def read(self, rows: Int64s) -> RawBlocks:
        """The feed's blocks."""
        return self._feed.read(rows)

    def _parsed(self, rows: Int64s) -> ParsedBlocks | None:
        """The blocks' columns; None where one does not parse, and it fails where it is used."""
        blocks = self._feed.read(rows)
        return parse.parse_blocks(blocks.data, blocks.offset)[0]
