"""Polite behaviour towards download hosts: pauses between requests, and hosts to leave alone.

arXiv's terms (https://info.arxiv.org/help/api/tou.html): one request at a time, three seconds
between requests to the API, and no more requests after a 403.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import metadata

from ingest.errors import AccessDenied, Refused, SourceError

LONGEST_WAIT_SECONDS = 120.0
TRIES = 4
BY_HAND_HINT = "Download the PDF yourself and put it into a folder given with --pdf-dir."
_DENIED_HINT = (
    "Repeated requests would look like an attack: wait a few hours, or provide the PDFs yourself."
)
LATER_HINT = "Run the sync again later, or provide the PDF with --pdf-dir."
# Local tunnels resolve every name to an address in this range, which is reserved for tests.
_TUNNEL_ADDRESSES = ipaddress.ip_network("198.18.0.0/15")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Clock:
    """Time in seconds since an arbitrary start; tests supply their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


SYSTEM_CLOCK = Clock()


class TransientError(Exception):
    """A failure that may be transient: ``final_error`` is raised if the last of ``tries`` fails, too."""

    def __init__(self, final_error: SourceError, tries: int = TRIES) -> None:
        super().__init__(final_error.message)
        self.final_error = final_error
        self.tries = tries


class PolitenessPolicy:
    """When each host may be asked again: its last request, its pause, and whether it denied access.

    A host is ``name`` or ``name:port``.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._last_start: dict[str, float] = {}
        self._paused_until: dict[str, float] = {}
        self._blocked: set[str] = set()

    def wait_turn(self, host: str, seconds: float) -> None:
        """Wait until ``host`` may be asked: ``seconds`` after the *start* of its last request.

        Raises ``AccessDenied`` if the host has denied access, ``SourceError`` if it asked for a pause
        longer than ``LONGEST_WAIT_SECONDS``.
        """
        if host in self._blocked:
            raise AccessDenied(
                f"{host} has denied access (403), so it is not asked again", _DENIED_HINT
            )
        now = self._clock.now()
        pause = self._paused_until.get(host, now) - now
        if pause > LONGEST_WAIT_SECONDS:
            minutes = math.ceil(pause / 60)
            raise SourceError(
                f"{host} asks for a pause of {minutes} minutes", "Run the sync again after that."
            )
        wait = max(pause, self._last_start.get(host, -math.inf) + seconds - now)
        if wait > 0:
            self._clock.sleep(wait)
        self._last_start[host] = self._clock.now()

    def pause(self, host: str, seconds: float) -> None:
        """Let the next request to ``host``, which asked for a pause, wait ``seconds`` from now."""
        _log.info("%s asks for a pause of %.0f s", host, seconds)
        self._paused_until[host] = self._clock.now() + seconds

    def block(self, host: str) -> None:
        """Never ask ``host`` again: it answered 403."""
        self._blocked.add(host)


def retry_after_header_seconds(headers: Mapping[str, str]) -> float:
    """The pause that Retry-After asks for, 0 if none; a date is compared with the server's own clock."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until = _http_date(value)
    if until is None:
        return 0.0
    now = _http_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine, by name or address; names are not resolved."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_private_host(host: str, *, allow_loopback: bool = False) -> None:
    """Raise ``Refused`` if ``host`` is, or resolves to, an address outside the public internet.

    A list may come from anyone: an address in it must not cause requests to the local network.  A name
    that does not resolve passes, because a proxy may know it; without a proxy, connecting fails anyway.
    """
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return
    for address in (ipaddress.ip_address(text) for text in found):
        if not (_is_public(address) or (allow_loopback and address.is_loopback)):
            raise Refused(
                f"{host} is an address in a private network, from which no papers are fetched",
                BY_HAND_HINT,
            )


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    real = getattr(address, "ipv4_mapped", None) or address
    return (real.is_global and not real.is_multicast) or real in _TUNNEL_ADDRESSES


def user_agent(contact: str) -> str:
    """The User-Agent: the program, its version, and how to contact the person who runs it."""
    try:
        version = metadata.version("askpapers")
    except metadata.PackageNotFoundError:
        version = "0"
    printable = "".join(c for c in contact if c.isascii() and c.isprintable())
    return f"askpapers/{version} ({printable})" if printable else f"askpapers/{version}"
