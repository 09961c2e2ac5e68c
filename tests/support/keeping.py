"""What a feed hands over to be kept, in memory."""

from dataclasses import dataclass, field


@dataclass
class Kept:
    """What a client handed over to be kept."""

    lasts: dict[str, bytes] = field(default_factory=dict)
    passing: dict[str, bytes] = field(default_factory=dict)

    def keep(self, digest: str, body: bytes, url: str, *, lasting: bool) -> None:
        assert len(digest) == 64
        (self.lasts if lasting else self.passing)[url] = body

    def lasting(self, url: str) -> bytes | None:
        return self.lasts.get(url)
