"""Fetch PDFs and arXiv's metadata, politely, over one connection.

Home of stamina, and of httpx for papers: their errors are translated here.
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
from ingest.fetch.arxiv import TRY_SOON_HINT, find_version, parse_feed, split_id
from ingest.fetch.partial_file import PartialFile
from ingest.fetch.politeness import (
    BY_HAND_HINT,
    LATER_HINT,
    SYSTEM_CLOCK,
    TRIES,
    Clock,
    PolitenessPolicy,
    TransientError,
    is_loopback,
    refuse_private_host,
    retry_after_header_seconds,
    user_agent,
)
from ingest.storage.atomic import atomic_write

ARXIV_URL = "https://export.arxiv.org"  # the host that arXiv asks programs to use
API_PAUSE_SECONDS = 3.0  # between requests to the API, by its terms of use
IDS_PER_QUERY = 100
MAX_REDIRECTS = 5
MAX_FEED_BYTES = 20_000_000
CONNECT_TRIES = 2

_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Fetched:
    """A fetched PDF: its version ("v2") if the response names it, and its final address.

    ``sha256`` is the digest of its bytes, in hexadecimal.
    """

    version: str | None
    url: str
    sha256: str


class Downloader:
    """Fetches from arXiv and the papers' own hosts, one request at a time; a context manager.

    ``contact`` is part of the User-Agent.  A host that answers 403 is never asked again.  Not
    thread-safe.  Raises ``UsageError`` if the environment's proxy settings cannot be used.
    """

    def __init__(
        self,
        contact: str,
        base_url: str = ARXIV_URL,
        seconds_between_requests: float = 1.0,
        *,
        clock: Clock = SYSTEM_CLOCK,
        max_bytes: int = 200_000_000,
    ) -> None:
        self._base = _url(base_url, UsageError)
        self._on_loopback = is_loopback(self._base.host)
        self._seconds = seconds_between_requests
        self._max_bytes = max_bytes
        self._politeness = PolitenessPolicy(clock)
        self._client = _client(contact)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch_pdf(self, paper: Paper, target: Path) -> Fetched:
        """Download the paper's PDF to ``target``, which is replaced only by a complete PDF.

        Raises ``Refused`` if the host has no such paper or did not send a PDF, ``Unreachable`` if there
        is no connection to arXiv, ``AccessDenied`` if the host answered 403 before, ``NotFetched`` if
        the paper has no address, and ``SourceError`` for failures that may be transient: a host that
        answers 403, or is down, overloaded or too slow.
        """
        url = self._address(paper)
        with atomic_write(target) as temp:
            part = PartialFile(temp, url.host, self._max_bytes)
            response = self._with_retries(lambda: self._download(url, part))
            part.check_is_pdf()
            return Fetched(
                version=_received_version(paper, response),
                url=str(response.url),
                sha256=part.sha256(),
            )

    def fetch_metadata(self, ids: Sequence[str]) -> list[Paper]:
        """Title, authors and year of each arXiv id, in order; one request per hundred ids.

        The papers have the id "" and no topics.  Raises ``Refused`` naming all ids that arXiv does not
        know, otherwise as ``fetch_pdf``.
        """
        unknown = [arxiv_id for arxiv_id in ids if split_id(arxiv_id) is None]
        papers: list[Paper] = []
        for start in range(0, len(ids) if not unknown else 0, IDS_PER_QUERY):
            batch = ids[start : start + IDS_PER_QUERY]
            found = self._query_api(batch)
            papers += [paper for paper in found if paper is not None]
            unknown += [i for i, paper in zip(batch, found, strict=True) if paper is None]
        if unknown:
            raise Refused(f"arXiv has no paper {', '.join(unknown)}", "Check the ids.")
        return papers

    def _query_api(self, ids: Sequence[str]) -> list[Paper | None]:
        url = self._base_url_with("/api/query").copy_merge_params(
            {"id_list": ",".join(ids), "max_results": str(len(ids))}
        )
        return parse_feed(self._with_retries(lambda: self._read_text(url)), ids)

    def _address(self, paper: Paper) -> httpx.URL:
        if paper.arxiv:
            return self._base_url_with(f"/pdf/{paper.arxiv}")
        if not paper.url:
            raise NotFetched(
                f"{paper.id} has no address in the list to fetch it from", BY_HAND_HINT
            )
        return _url(paper.url, Refused)

    def _base_url_with(self, path: str) -> httpx.URL:
        return self._base.copy_with(path=self._base.path.rstrip("/") + path)

    def _download(self, url: httpx.URL, part: PartialFile) -> httpx.Response:
        with self._open_response(url, self._seconds, part.resume_headers()) as response:
            part.receive(response.status_code, response.headers, response.iter_bytes())
            return response

    def _read_text(self, url: httpx.URL) -> str:
        body = bytearray()
        with self._open_response(url, max(API_PAUSE_SECONDS, self._seconds), {}) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MAX_FEED_BYTES:
                    raise Refused(f"{url.host} sent an answer that does not end", TRY_SOON_HINT)
        return body.decode("utf-8", errors="replace")

    def _with_retries(self, work: Callable[[], T]) -> T:
        """The result of ``work``, retried after transient errors; the last one is raised, translated."""
        n_failed = 0

        def is_worth_retrying(error: Exception) -> bool:
            nonlocal n_failed
            n_failed += 1
            again = isinstance(error, TransientError) and n_failed < error.tries
            if again:
                _log.info("%s; trying again", error)
            return again

        tries = stamina.retry_context(
            is_worth_retrying,
            attempts=TRIES,
            timeout=None,
            wait_initial=1.0,
            wait_max=20.0,
            wait_exp_base=3,
        )
        try:
            for attempt in tries:
                with attempt, self._translate_errors():
                    return work()
        except TransientError as error:
            raise error.final_error from error.__cause__
        raise AssertionError("the last attempt returns or raises")

    @contextlib.contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Translate httpx's errors into our own; the only place that does."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise TransientError(self._no_connection(error.request.url), CONNECT_TRIES) from error
        except httpx.TimeoutException as error:
            host = error.request.url.host
            raise TransientError(
                SourceError(f"{host} is too slow to answer", LATER_HINT)
            ) from error
        except httpx.UnsupportedProtocol as error:
            raise Refused(f"{error.request.url} is not an https address", BY_HAND_HINT) from error
        except httpx.RequestError as error:
            host = error.request.url.host
            raise TransientError(
                SourceError(f"{host} closed the connection", LATER_HINT)
            ) from error

    def _no_connection(self, url: httpx.URL) -> SourceError:
        # Other hosts serve single papers; only arXiv being down affects the next paper, too.
        if self._is_base(url):
            return Unreachable(
                f"{url.host} cannot be reached",
                "Check the network (and HTTPS_PROXY), or provide the PDFs with --pdf-dir.",
            )
        return SourceError(f"{url.host} cannot be reached", LATER_HINT)

    @contextlib.contextmanager
    def _open_response(
        self, url: httpx.URL, seconds: float, headers: dict[str, str]
    ) -> Iterator[httpx.Response]:
        """The response, open for reading, after following redirects; ``seconds`` as in ``wait_turn``."""
        for _ in range(MAX_REDIRECTS + 1):
            self._check_is_allowed(url)
            self._politeness.wait_turn(_host(url), seconds)
            with self._client.stream("GET", url, headers=headers) as response:
                if response.next_request is None:
                    self._check_status(response)
                    yield response
                    return
                url = response.next_request.url
        raise Refused(f"{url.host} redirects too many times", BY_HAND_HINT)

    def _is_base(self, url: httpx.URL) -> bool:
        return (url.scheme, url.netloc) == (self._base.scheme, self._base.netloc)

    def _check_is_allowed(self, url: httpx.URL) -> None:
        """Raise ``Refused`` unless ``url`` is on arXiv's host, or is https on a public host."""
        if self._is_base(url):
            return
        if url.scheme != "https" and not (self._on_loopback and is_loopback(url.host)):
            raise Refused(f"{url} was not fetched: only https addresses are", BY_HAND_HINT)
        refuse_private_host(url.host, allow_loopback=self._on_loopback)

    def _check_status(self, response: httpx.Response) -> None:
        host, status = response.url.host, response.status_code
        if status in (200, 206):
            return
        said = f"{host} answered {status} to {response.url}"
        if status == 403:
            self._politeness.block(_host(response.url))
            raise SourceError(f"{said}: access denied", BY_HAND_HINT)
        if status in (404, 410):
            raise Refused(f"{said}: withdrawn, or no such paper", "Check the id or url.")
        if pause := retry_after_header_seconds(response.headers):
            self._politeness.pause(_host(response.url), pause)
        # 416: our partial file does not fit the host's file; the next try starts from the beginning.
        if status in (408, 416, 429) or status >= 500:
            raise TransientError(SourceError(said, LATER_HINT))
        raise Refused(said, BY_HAND_HINT)


def _received_version(paper: Paper, response: httpx.Response) -> str | None:
    names = ("Content-Disposition", "Link")
    places = [response.url.path, *(response.headers.get(name, "") for name in names)]
    return find_version(paper.arxiv, places) if paper.arxiv else None


def _url(address: str, otherwise: type[AssistantError]) -> httpx.URL:
    try:
        return httpx.URL(address)
    except httpx.InvalidURL as error:
        raise otherwise(f"{address} is not an address: {error}", "Correct it.") from error


def _host(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def _client(contact: str) -> httpx.Client:
    """A client with one connection; httpx itself uses the proxies set in the environment."""
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
