"""Who a server is: a certificate that an authority signed, or the one that it showed at first."""

import hashlib
import ssl
from pathlib import Path

import httpcore

from qaif.errors import SourceError, UsageError
from qaif.workspace.network.places import Place
from qaif.workspace.network.remembered import AUTHORITY, Remembered


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Take what a public authority signed, or what `ca_file` holds or signed, and nothing else.

    Raises:
        UsageError: the file holds no certificates.
    """
    import certifi

    try:
        return ssl.create_default_context(cafile=str(ca_file or certifi.where()))
    except OSError as error:
        raise UsageError(f"{ca_file} holds no certificates that can be read: {error}.") from error


def is_untrusted(error: BaseException | None) -> bool:
    """Whether a certificate was refused: to ask again does not help."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


class FirstSeen:
    """Whether an untrusted certificate is the one that the place showed at first in this workspace.

    Most Electrum servers sign their own. A place that once had an authority's is not taken with another.

    Args:
        place: the server.
        remembered: the workspace's memory.
    """

    def __init__(self, place: Place, remembered: Remembered) -> None:
        self._place, self._remembered = str(place), remembered

    @property
    def is_pinned(self) -> bool:
        """Whether the place showed one of its own."""
        return self._remembered.certificate(self._place) not in (None, AUTHORITY)

    def is_authority(self) -> None:
        """Remember that an authority vouches for the place."""
        if self._remembered.certificate(self._place) is None:
            self._remembered.keep_certificate(self._place, AUTHORITY)

    def compare(self, stream: httpcore.NetworkStream) -> None:
        """Compare what a connection shows with what was shown at first.

        Raises:
            SourceError: it is another.
        """
        shown = hashlib.sha256(stream.get_extra_info("ssl_object").getpeercert(True)).hexdigest()  # noqa: FBT003
        self._remembered.keep_certificate(self._place, shown)
        known = self._remembered.certificate(self._place)
        if known != shown:
            what = "one that an authority signed" if known == AUTHORITY else known
            raise SourceError(
                f"{self._place} shows another certificate ({shown}) than it did at first ({what}); nothing "
                "was asked of it.",
                way_out="Somebody may stand between. If the server's owner says that it changed: "
                f"`qaif sources forget {self._place}`.",
                place=self._place,
            )


def unchecked() -> ssl.SSLContext:
    """Take any certificate: for `FirstSeen`, before anything is said."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
