"""Fetch PDFs and what arXiv knows about papers, politely, over one connection.

Home of stamina, and of httpx for papers: their errors end here, in words for the user.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

import httpx
import stamina

from ingest.corpus import Paper
from ingest.errors import (
    AssistantError,
    NotFetched,
    Refused,
    SourceError,
    Unreachable,
    UsageError,
)
from ingest.fetch.arxiv import AGAIN, papers_in_feed, split_id, version_named
from ingest.fetch.partial_file import PartFile
from ingest.fetch.politeness import (
    BY_HAND,
    LATER,
    REAL_TIME,
    TRIES,
    Clock,
    Manners,
    PassingError,
    is_loopback,
    refuse_private_host,
    seconds_asked_for,
    user_agent,
)
from ingest.storage.atomic import atomic_write

ARXIV_URL = "https://export.arxiv.org"  # the host that arXiv asks programs to use
API_SECONDS = 3.0  # between questions to the API, by its terms of use
IDS_A_QUESTION = 100
MAX_REDIRECTS = 5
MAX_FEED_BYTES = 20_000_000
TRIES_TO_CONNECT = 2

_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Fetched:
    """A PDF that came: its version if the answer named it ("v2"), and the address it came from.

    ``sha256`` is that of its bytes, in hexadecimal.
    """

    version: str | None
    url: str
    sha256: str


class Downloader:
    """Asks arXiv and the papers' own hosts, one request at a time; use it as a context manager.

    ``contact`` goes into the User-Agent.  A host that answers 403 is never asked again.  Not safe
    for threads.  Raises ``UsageError`` if the environment's proxy settings cannot be used.
    """

    def __init__(
        self,
        contact: str,
        base_url: str = ARXIV_URL,
        seconds_between_requests: float = 1.0,
        *,
        clock: Clock = REAL_TIME,
        max_bytes: int = 200_000_000,
    ) -> None:
        self._base = _url(base_url, UsageError)
        self._on_loopback = is_loopback(self._base.host)
        self._seconds = seconds_between_requests
        self._max_bytes = max_bytes
        self._manners = Manners(clock)
        self._client = _client(contact)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch_pdf(self, paper: Paper, target: Path) -> Fetched:
        """Download the paper's PDF to ``target``, which is touched only once all is there.

        Raises ``Refused`` if the host has no such paper or sent no PDF, ``Unreachable`` if arXiv
        cannot be connected to, ``AccessDenied`` if the host let us not in before, ``NotFetched`` if
        the paper has no address, and ``SourceError`` for what may pass: a host that lets us not in,
        or is down, overloaded or too slow.
        """
        url = self._address(paper)
        with atomic_write(target) as temp:
            part = PartFile(temp, url.host, self._max_bytes)
            answer = self._patiently(lambda: self._download(url, part))
            part.check_is_pdf()
            return Fetched(
                version=_version_that_came(paper, answer),
                url=str(answer.url),
                sha256=part.sha256(),
            )

    def fetch_metadata(self, ids: Sequence[str]) -> list[Paper]:
        """Title, authors and year of each arXiv id, in order, one question per hundred ids.

        The papers have the slug "" and no topics.  Raises ``Refused`` naming all ids that arXiv
        does not know, else as ``fetch_pdf``.
        """
        unknown = [arxiv_id for arxiv_id in ids if split_id(arxiv_id) is None]
        papers: list[Paper] = []
        for start in range(0, len(ids) if not unknown else 0, IDS_A_QUESTION):
            asked = ids[start : start + IDS_A_QUESTION]
            found = self._ask_api(asked)
            papers += [paper for paper in found if paper is not None]
            unknown += [i for i, paper in zip(asked, found, strict=True) if paper is None]
        if unknown:
            raise Refused(f"arXiv has no paper {', '.join(unknown)}", "Check the ids.")
        return papers

    def _ask_api(self, asked: Sequence[str]) -> list[Paper | None]:
        url = self._below_base("/api/query").copy_merge_params(
            {"id_list": ",".join(asked), "max_results": str(len(asked))}
        )
        return papers_in_feed(self._patiently(lambda: self._read_text(url)), asked)

    def _address(self, paper: Paper) -> httpx.URL:
        if paper.arxiv:
            return self._below_base(f"/pdf/{paper.arxiv}")
        if not paper.url:
            raise NotFetched(f"{paper.id} has no address in the list to fetch it from", BY_HAND)
        return _url(paper.url, Refused)

    def _below_base(self, path: str) -> httpx.URL:
        return self._base.copy_with(path=self._base.path.rstrip("/") + path)

    def _download(self, url: httpx.URL, part: PartFile) -> httpx.Response:
        with self._answer(url, self._seconds, part.headers_to_go_on()) as response:
            part.receive(response.status_code, response.headers, response.iter_bytes())
            return response

    def _read_text(self, url: httpx.URL) -> str:
        body = bytearray()
        with self._answer(url, max(API_SECONDS, self._seconds), {}) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MAX_FEED_BYTES:
                    raise Refused(f"{url.host} sent an answer that does not end", AGAIN)
        return body.decode("utf-8", errors="replace")

    def _patiently(self, work: Callable[[], T]) -> T:
        """``work()``, tried again while its trouble may pass, its last trouble in our words."""
        n_failed = 0

        def may_pass(error: Exception) -> bool:
            nonlocal n_failed
            n_failed += 1
            again = isinstance(error, PassingError) and n_failed < error.tries
            if again:
                _log.info("%s; trying again", error)
            return again

        tries = stamina.retry_context(
            may_pass, attempts=TRIES, timeout=None, wait_initial=1.0, wait_max=20.0, wait_exp_base=3
        )
        try:
            for attempt in tries:
                with attempt, self._in_our_words():
                    return work()
        except PassingError as trouble:
            raise trouble.verdict from trouble.__cause__
        raise AssertionError("the last attempt returns or raises")

    @contextlib.contextmanager
    def _in_our_words(self) -> Iterator[None]:
        """The one place where httpx's errors become ours."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise PassingError(self._no_connection(error.request.url), TRIES_TO_CONNECT) from error
        except httpx.TimeoutException as error:
            host = error.request.url.host
            raise PassingError(SourceError(f"{host} is too slow to answer", LATER)) from error
        except httpx.UnsupportedProtocol as error:
            raise Refused(f"{error.request.url} is not an https address", BY_HAND) from error
        except httpx.RequestError as error:
            host = error.request.url.host
            raise PassingError(SourceError(f"{host} closed the connection", LATER)) from error

    def _no_connection(self, url: httpx.URL) -> SourceError:
        # Another host may be down alone; only arXiv's silence says something of the next paper.
        if self._is_base(url):
            return Unreachable(
                f"{url.host} cannot be reached",
                "Check the network (and HTTPS_PROXY), or provide the PDFs with --pdf-dir.",
            )
        return SourceError(f"{url.host} cannot be reached", LATER)

    @contextlib.contextmanager
    def _answer(
        self, url: httpx.URL, seconds: float, headers: dict[str, str]
    ) -> Iterator[httpx.Response]:
        """The answer, open for reading, of the host that ``url`` leads to."""
        for _ in range(MAX_REDIRECTS + 1):
            self._check_may_be_asked(url)
            self._manners.take_turn(_host(url), seconds)
            with self._client.stream("GET", url, headers=headers) as response:
                if response.next_request is None:
                    self._check_status(response)
                    yield response
                    return
                url = response.next_request.url
        raise Refused(f"{url.host} redirects too many times", BY_HAND)

    def _is_base(self, url: httpx.URL) -> bool:
        return (url.scheme, url.netloc) == (self._base.scheme, self._base.netloc)

    def _check_may_be_asked(self, url: httpx.URL) -> None:
        """Raise ``Refused`` unless it is the base's host, or a host of the open net by https."""
        if self._is_base(url):
            return
        if url.scheme != "https" and not (self._on_loopback and is_loopback(url.host)):
            raise Refused(f"{url} was not fetched: only https addresses are", BY_HAND)
        refuse_private_host(url.host, loopback_is_fine=self._on_loopback)

    def _check_status(self, response: httpx.Response) -> None:
        host, status = response.url.host, response.status_code
        if status in (200, 206):
            return
        said = f"{host} answered {status} to {response.url}"
        if status == 403:
            self._manners.close(_host(response.url))
            raise SourceError(f"{said}: access denied", BY_HAND)
        if status in (404, 410):
            raise Refused(f"{said}: withdrawn, or no such paper", "Check the id or url.")
        if pause := seconds_asked_for(response.headers):
            self._manners.leave_alone(_host(response.url), pause)
        # 416: what we hold is not what the host has; the next try starts from nothing.
        if status in (408, 416, 429) or status >= 500:
            raise PassingError(SourceError(said, LATER))
        raise Refused(said, BY_HAND)


def _version_that_came(paper: Paper, answer: httpx.Response) -> str | None:
    names = ("Content-Disposition", "Link")
    places = [answer.url.path, *(answer.headers.get(name, "") for name in names)]
    return version_named(paper.arxiv, places) if paper.arxiv else None


def _url(address: str, otherwise: type[AssistantError]) -> httpx.URL:
    try:
        return httpx.URL(address)
    except httpx.InvalidURL as error:
        raise otherwise(f"{address} is not an address: {error}", "Correct it.") from error


def _host(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def _client(contact: str) -> httpx.Client:
    """One connection; the environment's proxies are honoured, as httpx does by itself."""
    try:
        return httpx.Client(
            headers={"User-Agent": user_agent(contact)},
            timeout=httpx.Timeout(30.0, connect=10.0),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise UsageError(
            f"The proxy set in the environment cannot be used: {error}",
            "Set HTTPS_PROXY to an http:// address and unset ALL_PROXY.",
        ) from error
