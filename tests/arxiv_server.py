"""A real HTTP server on loopback that plays arXiv: PDFs, the Atom API, and scripted trouble."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from loopback_server import LoopbackServer

from ingest.corpus import Paper

LLAMA = Paper(id="llama-2", title="Llama 2", arxiv="2307.09288")
PATH = "/pdf/2307.09288"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
FEED = '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">{}</feed>'


@dataclass(frozen=True)
class Request:
    """A request that came, ``at`` seconds of the monotonic clock; header names in lower case."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float


@dataclass(frozen=True)
class Reply:
    """What to answer.  ``cut_after``: hang up after so many bytes of the body (-1: say nothing).

    ``ranges``: honour Range, if If-Range names the ETag of ``headers``.  ``with_length``: say how
    long the body is, unless ``headers`` say it.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    ranges: bool = False
    with_length: bool = True

    def for_request(self, asked: Mapping[str, str]) -> Reply:
        """The reply as a server that knows ranges gives it to these request headers."""
        wanted = re.fullmatch(r"bytes=(\d+)-", asked.get("range", ""))
        current = self.headers.get("ETag", self.headers.get("Last-Modified"))
        if not self.ranges or wanted is None or asked.get("if-range", current) != current:
            return self
        start, size = int(wanted[1]), len(self.body)
        if start >= size:
            return Reply(416, headers={"Content-Range": f"bytes */{size}"})
        part = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
        return Reply(206, self.body[start:], {**self.headers, **part}, self.cut_after)


@dataclass(frozen=True)
class KnownPaper:
    """A paper that the server has."""

    arxiv: str
    pdf: bytes
    version: int = 1
    title: str = "A paper"
    authors: tuple[str, ...] = ("Ada Lovelace",)
    year: int = 2023

    def entry(self, asked: str) -> str:
        version = asked.removeprefix(self.arxiv) or f"v{self.version}"
        names = "".join(f"<author><name>{escape(name)}</name></author>" for name in self.authors)
        return (
            f"<entry><id>http://arxiv.org/abs/{self.arxiv}{version}</id>"
            f"<published>{self.year}-01-02T03:04:05Z</published>"
            f"<title>{escape(self.title)}</title>{names}</entry>"
        )


class ArxivServer(LoopbackServer):
    """Plays arXiv while it is open: ``with ArxivServer() as server: ... server.url``.

    It has the papers given to ``add``; ``on`` scripts the answers of one path, the last of which is
    repeated; everything else is a 404.  ``requests`` holds all that came, in order.
    """

    def __init__(self) -> None:
        super().__init__(_handler_of(self))
        self.requests: list[Request] = []
        self._papers: dict[str, KnownPaper] = {}
        self._scripts: dict[str, list[Reply]] = {}

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def add(self, paper: KnownPaper) -> None:
        """Have ``paper``: its PDF with and without version, and its entry in the API."""
        self._papers[paper.arxiv] = paper

    def on(self, path: str, *replies: Reply) -> None:
        """Answer requests for ``path`` with ``replies``, one after the other."""
        self._scripts[path] = list(replies)

    def reply_to(self, request: Request) -> Reply:
        self.requests.append(request)
        script = self._scripts.get(request.path)
        if script:
            reply = script.pop(0) if len(script) > 1 else script[0]
        elif request.path == "/api/query":
            reply = self._feed(request.query)
        else:
            reply = self._pdf(request.path.removeprefix("/pdf/"))
        return reply.for_request(request.headers)

    def _pdf(self, asked: str) -> Reply:
        paper = self._papers.get(re.sub(r"v\d+$", "", asked))
        if paper is None:
            return Reply(404, b"not found")
        version = asked.removeprefix(paper.arxiv) or f"v{paper.version}"
        number = paper.arxiv.rpartition("/")[2]
        headers = {
            "Content-Type": "application/pdf",
            "Content-Disposition": f'inline; filename="{number}{version}.pdf"',
            "ETag": f'"{asked}{version}"',
        }
        return Reply(body=paper.pdf, headers=headers, ranges=True)

    def _feed(self, query: Mapping[str, str]) -> Reply:
        asked = query.get("id_list", "").split(",")[: int(query.get("max_results", "10"))]
        bare = {one: re.sub(r"v\d+$", "", one) for one in asked}
        known = [self._papers[bare[one]].entry(one) for one in asked if bare[one] in self._papers]
        return Reply(body=FEED.format("".join(known)).encode())


def _handler_of(server: ArxivServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(url.query))
            self._send(server.reply_to(Request(url.path, query, headers, time.monotonic())))

        def _send(self, reply: Reply) -> None:
            if reply.cut_after is not None:
                self.close_connection = True
                if reply.cut_after < 0:
                    return
            self.send_response(reply.status)
            length = {"Content-Length": str(len(reply.body))} if reply.with_length else {}
            for name, value in {**length, **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body[: reply.cut_after])

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
