"""Polite behaviour towards download hosts: when to ask, how long to wait, and when to stop.

arXiv's terms (https://info.arxiv.org/help/api/tou.html): one request at a time, three seconds
between questions to the API, and no more requests after a 403.
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
BY_HAND = "Download the PDF yourself and put it into a folder given with --pdf-dir."
_DOOR_HINT = (
    "Repeated requests would look like an attack: wait a few hours, or provide the PDFs yourself."
)
LATER = "Run the sync again later, or provide the PDF with --pdf-dir."
# Local tunnels resolve every name to an address in this range, which no real machine may have.
_TUNNEL_ADDRESSES = ipaddress.ip_network("198.18.0.0/15")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Clock:
    """Time in seconds, from any start; tests supply their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


REAL_TIME = Clock()


class PassingError(Exception):
    """A transient failure: tried ``tries`` times in all; ``verdict`` is raised after the last."""

    def __init__(self, verdict: SourceError, tries: int = TRIES) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict
        self.tries = tries


class Manners:
    """What every host has asked of us, and when we last asked it for something.

    A host is ``name`` or ``name:port``.
    """

    def __init__(self, clock: Clock = REAL_TIME) -> None:
        self._clock = clock
        self._last_start: dict[str, float] = {}
        self._quiet_until: dict[str, float] = {}
        self._closed: set[str] = set()

    def take_turn(self, host: str, seconds: float) -> None:
        """Wait until ``host`` may be asked, ``seconds`` after the *start* of the last request.

        Raises ``AccessDenied`` if the host has denied access, ``SourceError`` if it asked for a pause
        longer than ``LONGEST_WAIT_SECONDS``.
        """
        if host in self._closed:
            raise AccessDenied(
                f"{host} has denied access (403), so it is not asked again", _DOOR_HINT
            )
        now = self._clock.now()
        pause = self._quiet_until.get(host, now) - now
        if pause > LONGEST_WAIT_SECONDS:
            minutes = math.ceil(pause / 60)
            raise SourceError(
                f"{host} asks for a pause of {minutes} minutes", "Run the sync again after that."
            )
        wait = max(pause, self._last_start.get(host, -math.inf) + seconds - now)
        if wait > 0:
            self._clock.sleep(wait)
        self._last_start[host] = self._clock.now()

    def leave_alone(self, host: str, seconds: float) -> None:
        """Make the next request to ``host``, which asked for a pause, wait ``seconds`` from now."""
        _log.info("%s asks for a pause of %.0f s", host, seconds)
        self._quiet_until[host] = self._clock.now() + seconds

    def close(self, host: str) -> None:
        """Never ask ``host`` again: it answered 403."""
        self._closed.add(host)


def seconds_asked_for(headers: Mapping[str, str]) -> float:
    """The pause that Retry-After asks for, 0 if none; a date is taken by the server's own clock."""
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
    """Whether ``host`` is this machine, by name or address; no name is looked up."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_private_host(host: str, *, loopback_is_fine: bool = False) -> None:
    """Raise ``Refused`` if ``host`` is, or resolves to, an address outside the public internet.

    A list is data: an address in it must not make us contact machines on the local network.  A name
    that does not resolve passes, since a proxy may know it; without one, connecting fails anyway.
    """
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return
    for address in (ipaddress.ip_address(text) for text in found):
        if not (_is_public(address) or (loopback_is_fine and address.is_loopback)):
            raise Refused(
                f"{host} is an address in a private network, from which no papers are fetched",
                BY_HAND,
            )


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    real = getattr(address, "ipv4_mapped", None) or address
    return (real.is_global and not real.is_multicast) or real in _TUNNEL_ADDRESSES


def user_agent(contact: str) -> str:
    """The User-Agent: the tool, its version, and how to reach the person who runs it."""
    try:
        version = metadata.version("askpapers")
    except metadata.PackageNotFoundError:
        version = "0"
    printable = "".join(c for c in contact if c.isascii() and c.isprintable())
    return f"askpapers/{version} ({printable})" if printable else f"askpapers/{version}"
