"""Mail to one server over SMTP, by the standard library.

Outside of the user's own network nothing is said in the clear: a server without TLS gets nothing.
"""

import smtplib
from email.message import EmailMessage

from qaif.errors import SourceAccessError, SourceError, UsageError
from qaif.workspace.network.manner import Manner
from qaif.workspace.network.places import Place
from qaif.workspace.network.repeating import Repeating
from qaif.workspace.network.tls import is_untrusted, trusting

_LATER = range(400, 500)  # a reply of this kind asks to be tried again: RFC 5321, 4.2.1


class OverMail:
    """A server that takes mail, at one place that the user named. Only `Door` makes it.

    Args:
        place: the server.
        manner: how it is reached.
        login: user and password of the server.

    Raises:
        UsageError: a proxy is set for it.
    """

    def __init__(self, place: Place, manner: Manner, login: tuple[str, str] | None) -> None:
        if manner.proxy is not None:
            raise UsageError(f"Mail to {place} is not sent through a proxy.", place=str(place))
        self._place, self._manner, self._login = place, manner, login
        self._repeating = Repeating(place, manner, None)

    def send(self, message: EmailMessage) -> None:
        """Send one message; it is made again where the server cannot take it just now.

        Raises:
            SourceError: it was not taken.
            SourceAccessError: user or password are refused, or the server offers no TLS.
        """
        try:
            self._repeating.run(_passes, lambda _: self._once(message))
        except smtplib.SMTPAuthenticationError as error:
            raise SourceAccessError(
                f"{self._place} refuses the user or the password.", place=str(self._place)
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise SourceError(
                f"{self._place} did not take a message: {_why(error)}.",
                way_out="It is sent again by the next run.",
                place=str(self._place),
            ) from error

    def _once(self, message: EmailMessage) -> None:
        with self._connected() as server:
            if self._login is not None:
                server.login(*self._login)
            server.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        place, seconds = self._place, self._manner.connect_seconds
        if place.scheme == "smtps":
            context = trusting(self._manner.ca_file)
            return smtplib.SMTP_SSL(place.host, place.port, timeout=seconds, context=context)
        server = smtplib.SMTP(place.host, place.port, timeout=seconds)
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls"):
            server.starttls(context=trusting(self._manner.ca_file))
            server.ehlo()
        elif not place.is_own_network:
            server.close()
            raise SourceAccessError(
                f"{place} offers no TLS, and nothing is sent in the clear outside of your own network.",
                way_out="Name a server of smtps, or one with STARTTLS.",
                place=str(place),
            )
        return server


def _passes(_: float, error: Exception) -> bool:
    """Whether it is worth another try."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code in _LATER
    refused = isinstance(error, SourceAccessError | smtplib.SMTPException) and not isinstance(
        error, smtplib.SMTPServerDisconnected
    )
    return not refused and not is_untrusted(error) and isinstance(error, OSError)


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error.decode("ascii", "replace") if isinstance(error.smtp_error, bytes) else ""
        return f"status {error.smtp_code} {text[:200]}".strip()
    return type(error).__name__ if isinstance(error, smtplib.SMTPException) else str(error)
