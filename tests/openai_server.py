"""A real HTTP server on loopback that plays language models, as scripted by a test.

It speaks OpenAI's chat completions, Anthropic's messages and Ollama's chat, each as far as the real
client packages need.
"""

from __future__ import annotations

import json
import select
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from loopback_server import LoopbackServer

MODELS = ("scripted", "other")
SPECS = ["openai:scripted", "anthropic:scripted", "ollama:scripted"]  # one for each API


@dataclass(frozen=True)
class Asked:
    """A request that came: its path, its headers (names in lower case), its JSON."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """Everything that the model was told, system prompt included."""
        parts = [self.body.get("system", ""), *(m["content"] for m in self.body["messages"])]
        return "\n".join(part if isinstance(part, str) else part[0]["text"] for part in parts)


@dataclass(frozen=True)
class Say:
    """What the model says, in these pieces.

    ``status`` other than 200 sends ``error`` instead.  ``finish`` is the reason given at the end;
    ``cut``: hang up after the pieces; ``unfinished``: end without a reason; ``raw``: send exactly this
    body; ``silent``: accept the request and say nothing, or nothing more than the pieces; ``pings``: after
    the pieces only keep the line alive (where it streams events); ``endless``: repeat the pieces until the
    client hangs up.
    """

    pieces: Sequence[str] = ()
    status: int = 200
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    finish: str = "stop"
    cut: bool = False
    unfinished: bool = False
    raw: bytes | None = None
    silent: bool = False
    pings: bool = False
    endless: bool = False

    @property
    def ends(self) -> bool:
        """Whether the reply comes to its proper end."""
        return not (self.cut or self.unfinished or self.silent or self.pings or self.endless)


def say(text: str, size: int = 7) -> Say:
    """A reply that comes in pieces of ``size`` characters, which cut words and marks anywhere."""
    return Say([text[i : i + size] for i in range(0, len(text), size)])


class ModelServer(LoopbackServer):
    """Plays a model's server while it is open: ``with ModelServer(say("Yes [1].")) as server``.

    The replies are given one after the other, the last is repeated.  ``asked`` holds the requests
    for text; ``hung_up`` is set when a client leaves an endless or silent reply.  ``n_connections``
    counts those that were opened; where it ``keeps_alive``, one serves several requests.
    """

    def __init__(self, *replies: Say, keeps_alive: bool = False) -> None:
        self.keeps_alive = keeps_alive
        self.n_connections = 0
        self.asked: list[Asked] = []
        self.hung_up = threading.Event()
        self.closing = threading.Event()
        self._replies = list(replies) or [say("Nothing.")]
        super().__init__(_handler_of(self))

    @property
    def openai_url(self) -> str:
        return f"{self.url}/v1"

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        super().__exit__(*error)

    def next_reply(self, asked: Asked) -> Say:
        self.asked.append(asked)
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


Serve = Callable[..., ModelServer]
"""What the fixture ``serve`` gives: opens a server with these replies."""


def _openai_events(reply: Say) -> Iterator[bytes]:
    def event(delta: dict[str, str], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "scripted",
            "choices": [choice],
        }
        return f"data: {json.dumps(chunk)}\n\n".encode()

    for piece in reply.pieces:
        yield event({"role": "assistant", "content": piece})
    if reply.ends:
        yield event({}, reply.finish)
        yield b"data: [DONE]\n\n"


def _anthropic_events(reply: Say) -> Iterator[bytes]:
    def event(kind: str, **more: Any) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n".encode()

    message = {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": "scripted",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 11, "output_tokens": 0},
    }
    yield event("message_start", message=message)
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for piece in reply.pieces:
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    if reply.ends:
        yield event("content_block_stop", index=0)
        stop = {"length": "max_tokens", "stop": "end_turn"}.get(reply.finish, reply.finish)
        delta = {"stop_reason": stop, "stop_sequence": None}
        yield event(
            "message_delta",
            delta=delta,
            usage={"input_tokens": 11, "output_tokens": len(reply.pieces)},
        )
        yield event("message_stop")


def _ollama_lines(reply: Say) -> Iterator[bytes]:
    def line(text: str, **more: Any) -> bytes:
        message = {"role": "assistant", "content": text}
        chunk = {"model": "scripted", "created_at": "2026-01-01T00:00:00Z", "message": message}
        return json.dumps({**chunk, "done": False, **more}).encode() + b"\n"

    for piece in reply.pieces:
        yield line(piece)
    if reply.ends:
        counts = {"prompt_eval_count": 11, "eval_count": len(reply.pieces)}
        yield line("", done=True, done_reason=reply.finish, **counts)


_STREAMS = {
    "/v1/chat/completions": ("text/event-stream", _openai_events),
    "/v1/messages": ("text/event-stream", _anthropic_events),
    "/api/chat": ("application/x-ndjson", _ollama_lines),
}
_OLLAMA_MODEL = {"details": {}, "model_info": {"llama.context_length": 4096}, "capabilities": []}


def _handler_of(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1" if server.keeps_alive else "HTTP/1.0"

        def setup(self) -> None:
            super().setup()
            server.n_connections += 1

        def do_GET(self) -> None:
            listed = {"object": "list", "data": [{"id": m, "object": "model"} for m in MODELS]}
            tags = {"models": [{"name": m, "model": m} for m in MODELS]}
            self._send_json(200, tags if self.path == "/api/tags" else listed)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/api/show":
                self._send_json(200, _OLLAMA_MODEL)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = server.next_reply(Asked(self.path, headers, body))
            if reply.silent and not reply.pieces:
                self._wait_until_left()
            elif reply.status != 200:
                error = {"message": reply.error, "type": "error", "code": None}
                self._send_json(reply.status, {"error": error}, reply.headers)
            else:
                self._stream(reply)

        def _stream(self, reply: Say) -> None:
            kind, chunks = _STREAMS[self.path]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                for chunk in [reply.raw] if reply.raw is not None else chunks(reply):
                    self._send_chunk(chunk)
                while reply.endless and not server.closing.wait(0.005):
                    for chunk in chunks(reply):
                        self._send_chunk(chunk)
                while reply.pings and not server.closing.wait(0.02):
                    self._send_chunk(b": ping\n\n")
                if reply.silent:
                    self._wait_until_left()
                elif not reply.cut:
                    self.wfile.write(b"0\r\n\r\n")
            except OSError:
                server.hung_up.set()

        def _wait_until_left(self) -> None:
            """Say nothing until the client closes the connection, or the test ends."""
            self.close_connection = True
            while not server.closing.is_set():
                if select.select([self.connection], [], [], 0.02)[0]:
                    server.hung_up.set()
                    return

        def _send_chunk(self, chunk: bytes) -> None:
            self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            self.wfile.flush()

        def _send_json(
            self, status: int, body: object, headers: Mapping[str, str] | None = None
        ) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**(headers or {}), "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
