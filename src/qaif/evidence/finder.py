"""Finds the Bitcoin addresses of a document, in any script, and says what only looks like one.

A reading counts as an address only where its checksum holds; what had to be done for it to hold is said. What
fails stays a near miss with its reason, and is never corrected. Private keys are found first and are in no
output; the kept document itself, the user's own file, stays as it is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from qaif.chain.addresses import ParsedAddress, parse_address
from qaif.chain.secrets import REDACTED, find_private_keys
from qaif.errors import AddressError, PrivateKeyError
from qaif.evidence import misread
from qaif.evidence.address_form import BASE58, is_bech32, is_hex, looks_like_one, mixed, worth
from qaif.evidence.broken_keys import GAP, broken_keys
from qaif.evidence.cleaning import Cleaned, clean, steps_of
from qaif.evidence.defang import defang, show, show_line
from qaif.evidence.linked import links_in
from qaif.evidence.mention import Findings, Mention, MissKind, NearMiss, Redaction
from qaif.evidence.passages import SHORTEST_VALUE, Passage
from qaif.feeds.networks import Network

CONTEXT = 80
MOST_TRIES = 20_000
MOST_LINKS = 1_000
_RUN = re.compile(r"[0-9A-Za-z]+")
_JOINABLE = re.compile(r"[13mn2][1-9A-Za-z]*|[bt]|(?:bc|tb|bcrt)(?:1[0-9a-z]*)?", re.IGNORECASE)
_JOINED_BECH32 = (42, 62, 64)
_JOINED_BASE58 = range(26, 36)
_LONGEST_ADDRESS = 90
_MAY_BE_MIXED = tuple(re.compile(f"[{letters}\u0080-\U0010ffff]") for letters in ("0-9", "a-z", "A-Z"))
_GLUED = re.compile(rf"(?=((?:bc1[02-9ac-hj-np-z]{{39,59}})|[13][{BASE58}]{{25,34}}))")
_LONGEST_GLUED = 128
_SHORTENED = re.compile(
    rf"(?<![0-9A-Za-z])((?:[13]|bc1)[{BASE58}0l]{{3,12}})\s?(?:…|\.{{2,6}}|\*{{2,}})\s?([{BASE58}0l]{{4,12}})(?![0-9A-Za-z])"
)
_LONG_RUN = re.compile(r"[0-9A-Za-z]{40,}")
_LINK_ATTRIBUTES = frozenset(("href", "src", "action", "data-href", "data-src", "formaction", "poster"))
_NOT_TEXT = ("attribute",)
_READ = ("text", "metadata", "code", "ocr")
_KINDS: dict[str, MissKind] = {
    "network": "other-network",
    "not-bitcoin": "other-coin",
    "character": "misread",
    "case": "misread",
}


@dataclass(frozen=True)
class _Reading:
    """A stretch of a passage, read as an address."""

    text: str
    picked: Sequence[int]
    joined: bool


class _PassageReader:
    """Finds what stands in one passage."""

    def __init__(self, source: str, passage: Passage, network: Network, tries: int) -> None:
        self._source = source
        self._passage = passage
        self._network = network
        self._cleaned: Cleaned = clean(passage.text, percent=passage.where in _NOT_TEXT)
        self._runs = [m.span() for m in _RUN.finditer(self._cleaned.text)]
        self._keys = self._private_keys()
        self._reached = list(accumulate((hi for _, hi, _ in self._keys), max))  # by each and those before
        self._taken: list[tuple[int, int]] = []  # stretches of the cleaned text that are accounted for
        self.tries_left = tries
        self.mentions: list[Mention] = []
        self.misses: list[NearMiss] = []

    def read(self) -> None:
        """Read the passage."""
        for at, (start, end) in enumerate(self._runs):
            if self._is_taken(start, end) or self._holds_key(start, end):
                continue
            if not (self._whole(start, end) or self._joined(at) or self._confused(start, end)):
                self._miss(start, end)
        for match in _SHORTENED.finditer(self._cleaned.text):
            self._shortened(match)

    def redactions(self) -> list[Redaction]:
        """Where private keys stand, in the source."""
        places = self._passage
        return [Redaction(places.starts[lo], places.ends[hi - 1], kind) for lo, hi, kind in self._keys]

    def links(self) -> list[str]:
        """Links of the passage, fit to be shown."""
        if self._passage.where == "attribute":
            given = self._passage.label in _LINK_ATTRIBUTES and not self._passage.text.startswith("#")
            is_payment = self._passage.text.strip().lower().startswith("bitcoin:")
            return [self._fit(0, len(self._passage.text))] if given and not is_payment else []
        if self._passage.where in _READ:
            return [self._fit(start, end) for start, end in links_in(self._passage.text)]
        return []

    def _private_keys(self) -> list[tuple[int, int, str]]:
        """Where private keys stand in the passage: as it stands, and as it is read once cleaned."""
        direct = {(lo, hi, kind) for lo, hi, kind in find_private_keys(self._passage.text)}
        starts, ends = self._cleaned.starts, self._cleaned.ends
        in_cleaned = [*find_private_keys(self._cleaned.text), *broken_keys(self._cleaned.text, self._runs)]
        for lo, hi, kind in in_cleaned:
            direct.add((starts[lo], ends[hi - 1], kind))
        return sorted(direct)

    def _holds_key(self, start: int, end: int) -> bool:
        lo, hi = self._cleaned.starts[start], self._cleaned.ends[end - 1]
        return next(self._keys_within(lo, hi), None) is not None

    def _keys_within(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The private keys that overlap a stretch of the passage; those far from it are not looked at."""
        for at in range(bisect_right(self._reached, start), len(self._keys)):
            lo, hi, _ = self._keys[at]
            if lo >= end:
                return
            if hi > start:
                yield lo, hi

    def _is_taken(self, start: int, end: int) -> bool:
        return bool(self._taken) and start < self._taken[-1][1] and self._taken[-1][0] < end

    def _whole(self, start: int, end: int) -> bool:
        """Read an unbroken run: all of it, or what is left when folded letters at its ends are not of it."""
        if end - start < SHORTEST_VALUE:
            return False
        inner = self._without_folded_ends(start, end)
        for lo, hi in dict.fromkeys(((start, end), inner)):
            if hi - lo > _LONGEST_ADDRESS:
                continue
            for text in self._cleaned.read(lo, hi):
                if worth(text) and self._accept(_Reading(text, range(lo, hi), joined=False)):
                    return True
        return False

    def _without_folded_ends(self, start: int, end: int) -> tuple[int, int]:
        folded = self._cleaned.folded
        while start < end and start in folded:
            start += 1
        while end > start and end - 1 in folded:
            end -= 1
        return start, end

    def _joined(self, at: int) -> bool:
        """Read an address that is broken by blanks, line breaks or hyphens."""
        cleaned, runs = self._cleaned, self._runs
        start, end = runs[at]
        if (
            self.tries_left <= 0
            or end - start > _LONGEST_ADDRESS
            or not _JOINABLE.fullmatch(cleaned.text, start, end)
        ):
            return False
        picked = list(range(start, end))
        bech32 = cleaned.text[start] in "bBtT"
        longest = _JOINED_BECH32[-1] if bech32 else _JOINED_BASE58[-1]
        last = runs[min(at + longest, len(runs)) - 1][1]
        if not bech32 and not all(some.search(cleaned.text, start, last) for some in _MAY_BE_MIXED):
            return False  # whatever is joined, `_mixed` would refuse it
        for (_, before), (after, end) in pairwise(runs[at : at + _LONGEST_ADDRESS]):
            if not GAP.fullmatch(cleaned.text, before, after) or len(picked) + end - after > longest:
                return False
            picked.extend(range(after, end))
            if self._try_joined(picked):
                return True
        return False

    def _try_joined(self, picked: list[int]) -> bool:
        bech32 = self._cleaned.text[picked[0]] in "bBtT"
        if len(picked) not in (_JOINED_BECH32 if bech32 else _JOINED_BASE58) or self.tries_left <= 0:
            return False
        if not bech32 and not mixed("".join(self._cleaned.text[i] for i in picked)):
            return False
        first, last = picked[0], picked[-1] + 1
        gaps = set(range(first, last)).difference(picked)
        for whole in self._cleaned.read(first, last):
            reading = "".join(c for i, c in enumerate(whole, first) if i not in gaps)
            self.tries_left -= 1
            if worth(reading) and self._accept(_Reading(reading, picked, joined=True)):
                return True
        return False

    def _confused(self, start: int, end: int) -> bool:
        """Of a picture's text: an address with letters that OCR confuses, or what is one letter off."""
        text = self._cleaned.text[start:end]
        if self._passage.where != "ocr" or (meant := misread.as_meant(text)) is None:
            return False
        if self._accept(_Reading(meant, range(start, end), joined=False)):
            return True
        self.tries_left -= misread.tries(meant)
        if self.tries_left <= 0 or not (near := tuple(misread.one_letter_off(meant, self._holds))):
            return False
        said = (
            "A program read this from a picture, and it is no address; with one letter changed it would be."
        )
        self._add_miss(range(start, end), text, "misread", said, near, "one letter off")
        return True

    def _holds(self, text: str) -> bool:
        return not isinstance(self._parse(text), AddressError)

    def _parse(self, text: str) -> ParsedAddress | AddressError:
        try:
            return parse_address(text, self._network)
        except PrivateKeyError:
            return AddressError("A private key.", reason="private-key")
        except AddressError as error:
            return error

    def _accept(self, reading: _Reading) -> bool:
        """Keep a reading whose checksum holds."""
        parsed = self._parse(reading.text)
        if isinstance(parsed, AddressError):
            return False
        picked = reading.picked
        start, end = self._place(picked)
        lo, hi = self._cleaned.starts[picked[0]], self._cleaned.ends[picked[-1]]
        before = self._cleaned.text[max(0, picked[0] - 12) : picked[0]].lower()
        self._taken.append((picked[0], picked[-1] + 1))
        self.mentions.append(
            Mention(
                address=parsed.address,
                start=start,
                end=end,
                quoted=self._quoted(start, end),
                before=self._before(lo),
                after=self._after(hi),
                where=self._passage.where,
                uri=before.rstrip("/").endswith("bitcoin:"),
                steps=self._steps(reading),
            )
        )
        return True

    def _place(self, picked: Sequence[int]) -> tuple[int, int]:
        """Where a stretch of the cleaned text stands in the source."""
        lo, hi = self._cleaned.starts[picked[0]], self._cleaned.ends[picked[-1]] - 1
        return self._passage.starts[lo], self._passage.ends[hi]

    def _steps(self, reading: _Reading) -> tuple[str, ...]:
        picked, passage = reading.picked, self._passage
        steps = list(steps_of(passage.text, self._cleaned, picked, reading.text))
        if reading.joined:
            steps.append("joined what blanks, line breaks or hyphens part")
        lo, hi = self._cleaned.starts[picked[0]], self._cleaned.ends[picked[-1]]
        if passage.where == "ocr" and not reading.joined:
            text = "".join(self._cleaned.text[i] for i in picked)
            steps += filter(None, [misread.read_so(text, reading.text)])
        if any(passage.starts[i + 1] > passage.ends[i] for i in range(lo, hi - 1)):
            steps.append("joined across markup")
        if any(passage.ends[i] - passage.starts[i] > 1 for i in range(lo, hi)):
            steps.append("read character references as what they stand for")
        if any(self._cleaned.ends[i] - self._cleaned.starts[i] > 1 for i in picked):
            steps.append("read percent signs with two digits as what they stand for")
        if is_bech32(reading.text) and reading.text != reading.text.lower():
            steps.append("written in capitals, read as small letters")
        return tuple(steps)

    def _miss(self, start: int, end: int) -> None:
        """Say why a run that looks like an address is none."""
        start, end = self._without_folded_ends(start, end) if end - start > _LONGEST_ADDRESS else (start, end)
        text = self._cleaned.text[start:end]
        if looks_like_one(text):
            error = self._parse(text)
            reason = str(error.details.get("reason")) if isinstance(error, AddressError) else "private-key"
            first = "13" if self._network.name == "mainnet" else "13mn2"
            foreign = text[:1] not in first and not is_bech32(text)
            known = reason != "private-key" and (not foreign or reason in ("not-bitcoin", "network"))
            if isinstance(error, AddressError) and known:
                self._add_miss(range(start, end), text, _KINDS.get(reason, "checksum"), error.message)
                return
        if len(text) <= _LONGEST_GLUED and mixed(text) and not is_hex(text):
            self._glued(start, text)

    def _glued(self, start: int, text: str) -> None:
        """Look for an address inside a longer run of letters."""
        for match in _GLUED.finditer(text):
            for length in range(len(match[1]), SHORTEST_VALUE, -1):
                self.tries_left -= 1
                inside = match[1][:length]
                if self.tries_left <= 0 or not worth(inside):
                    break
                parsed = self._parse(inside)
                if not isinstance(parsed, AddressError):
                    said = "A valid address stands inside a longer run of letters, so it may not be one."
                    self._add_miss(range(start, start + len(text)), text, "glued", said, (parsed.address,))
                    return

    def _shortened(self, match: re.Match[str]) -> None:
        start, end = match.span()
        both = match[1] + match[2]
        likely = match[1].startswith("bc1") or not (both.islower() or both.isupper() or both.isdigit())
        if likely and not self._is_taken(start, end) and not self._holds_key(start, end):
            said = "Only the beginning and the end of an address stand here; many addresses have these."
            self._add_miss(range(start, end), f"{match[1]}…{match[2]}", "shortened", said)

    def _add_miss(  # noqa: PLR0917, PLR0913  what a near miss is made of
        self,
        picked: Sequence[int],
        text: str,
        kind: MissKind,
        reason: str,
        near: tuple[str, ...] = (),
        how: str = "stands inside it",
    ) -> None:
        start, end = self._place(picked)
        reading = _Reading(self._cleaned.text[picked[0] : picked[-1] + 1], picked, joined=False)
        self.misses.append(
            NearMiss(
                text=text,
                start=start,
                end=end,
                quoted=self._quoted(start, end),
                where=self._passage.where,
                kind=kind,
                reason=reason,
                steps=self._steps(reading),
                close_to=near,
                resemblance=tuple(how for _ in near),
            )
        )

    def _quoted(self, start: int, end: int) -> str:
        return defang(show(self._source[start:end]))

    def _before(self, lo: int) -> str:
        """What stands before a place; a run of letters that would be cut is left out."""
        start = max(0, lo - CONTEXT)
        while start and start < lo and self._passage.text[start - 1].isalnum():
            start += 1
        return self._fit(start, lo, following="x").lstrip()

    def _after(self, hi: int) -> str:
        text = self._passage.text
        end = min(len(text), hi + CONTEXT)
        while hi < end < len(text) and text[end].isalnum():
            end -= 1
        return self._fit(hi, end, preceding="x").rstrip()

    def _fit(self, start: int, end: int, preceding: str = "", following: str = "") -> str:
        """A stretch of the passage, fit to be shown: no key, no link, nothing unseen, no long code.

        A link that runs on into the address beside it is broken too: one of the two letters stands for it.
        """
        parts, at = [], start
        for lo, hi in self._keys_within(start, end):
            if hi > at:
                parts += [self._passage.text[at : max(lo, at)], REDACTED]
                at = hi
        text = "".join(parts) + self._passage.text[at:end]
        shown = _LONG_RUN.sub(lambda m: f"<{len(m[0])} characters left out>", show_line(text))
        return defang(preceding + shown + following).removeprefix(preceding).removesuffix(following)


def find(source: str, passages: Iterable[Passage], network: Network) -> Findings:
    """Find addresses, what looks like one, private keys and links.

    Args:
        source: the decoded document.
        passages: its passages.
        network: the network whose addresses count.
    """
    mentions: list[Mention] = []
    misses: list[NearMiss] = []
    redactions: list[Redaction] = []
    links: dict[str, None] = {}
    tries = MOST_TRIES
    for passage in passages:
        reader = _PassageReader(source, passage, network, tries)
        reader.read()
        tries = reader.tries_left
        mentions += reader.mentions
        misses += reader.misses
        redactions += reader.redactions()
        links.update(dict.fromkeys(reader.links()))
    return Findings(
        mentions=tuple(sorted(mentions, key=lambda m: (m.start, m.end))),
        near_misses=tuple(sorted(misses, key=lambda m: (m.start, m.end))),
        redactions=tuple(sorted(redactions, key=lambda r: (r.start, r.end))),
        links=tuple(links)[:MOST_LINKS],
        limits=_limits(tries, len(links)),
    )


def _limits(tries: int, links: int) -> tuple[str, ...]:
    limits = []
    if tries <= 0:
        limits.append(f"Broken addresses were sought in {MOST_TRIES} places; later ones were not tried.")
    if links > MOST_LINKS:
        limits.append(f"The document has {links} links; the first {MOST_LINKS} are listed.")
    return tuple(limits)
