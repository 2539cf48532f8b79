"""Other programs ask the page by named endpoints; auth and read-only hold for them too."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from mcp.types import Tool
from openai_server import Say
from small_library import SmallLibrary
from ui.visits import Open, Serve, ServeModel, background_of

from ingest.terminal import LOG_NAME
from rag.assistant import Assistant
from rag.ui.access import read_accounts

Result = TypeVar("Result")

ASKED = "How many tokens was Herd-65B trained on?"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def connected(url: str, **how: object) -> Client:
        clients.append(Client(url, verbose=False, analytics_enabled=False, **how))  # type: ignore[arg-type]
        return clients[-1]

    yield connected
    for client in clients:
        client.close()


def test_ask_gives_the_form_of_the_command_line(url: str, connect: Callable[..., Client]) -> None:
    """The same record as ``askpapers ask --json``."""
    answer = connect(url).predict(ASKED, api_name="/ask")
    assert answer["status"] == "answered" and answer["question"] == ASKED
    citation = answer["citations"][0]
    assert (citation["paper"], citation["page"]) == ("herd", 2)
    assert "1.4 trillion" in citation["quote"]


def test_ask_takes_history(url: str, connect: Callable[..., Client]) -> None:
    """A follow-up that names no paper is answered only after the question that does."""
    client, follow_up = connect(url), "And what do its models range from?"
    history = [{"question": "What is Herd?", "answer": "A family of language models."}]
    answer = client.predict(follow_up, history=history, api_name="/ask")
    assert {citation["paper"] for citation in answer["citations"]} == {"herd"}
    assert client.predict(follow_up, api_name="/ask")["status"] == "no_evidence"


def test_filters_narrow(url: str, connect: Callable[..., Client]) -> None:
    """The same question, of a year with the paper that answers it and of one without."""
    client, asked = connect(url), "Which papers are about large models?"
    told = [client.predict(asked, years=years, api_name="/ask") for years in ("2021", "2023")]
    assert [citation["paper"] for citation in told[0]["citations"]] == ["slim"]
    assert "slim" not in [citation["paper"] for citation in told[1]["citations"]]
    found = [client.predict(asked, lists=lists, api_name="/search") for lists in ([], ["mine"])]
    papers = [{hit["paper"] for hit in one["hits"]} for one in found]
    assert papers == [{"herd", "slim"}, {"herd"}]


def test_search_gives_passages(url: str, connect: Callable[..., Client]) -> None:
    """As many as were asked for, best first."""
    found = connect(url).predict(ASKED, k=2, api_name="/search")
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]
    assert found["hits"][0]["paper"] == "herd"


def test_papers_lists_all_with_their_state(url: str, connect: Callable[..., Client]) -> None:
    """What is here, and what is not."""
    papers = {paper["id"]: paper for paper in connect(url).predict(api_name="/papers")}
    assert (papers["herd"]["status"], papers["herd"]["pages"]) == ("indexed", 2)
    assert papers["slim"]["status"] == "not fetched"


def test_errors_come_as_words(url: str, connect: Callable[..., Client]) -> None:
    """Message and hint, no inside; a model that the server has not is not called."""
    client = connect(url)
    with pytest.raises(AppError, match="The question is empty"):
        client.predict("  ", api_name="/ask")
    with pytest.raises(AppError, match="not a model of this server"):
        client.predict(ASKED, llm="openai:something", api_name="/ask")


def test_what_is_not_as_it_should_be_is_named(url: str, connect: Callable[..., Client]) -> None:
    """A text in place of a list is not taken apart."""
    client = connect(url)
    with pytest.raises(AppError, match=r"`papers` must look like"):
        client.predict(ASKED, papers="herd", api_name="/ask")
    with pytest.raises(AppError, match=r"Not in the index: herb. Did you mean herd\?"):
        client.predict(ASKED, papers=["herb"], api_name="/search")
    with pytest.raises(AppError, match=r"`history` must look like"):
        client.predict(ASKED, history=["before"], api_name="/ask")


def test_half_an_emoji_is_told(url: str) -> None:
    """JSON can hold one where Python's client cannot send it."""
    call = f"{url}gradio_api/call/search"
    sent = httpx.post(
        call, content=r'{"data": ["bad \ud83d", 5, null, null, null, ""]}', headers=JSON
    )
    said = httpx.get(f"{call}/{sent.json()['event_id']}").text
    assert "not a character" in said and "unexpected" not in said


def test_the_unexpected_is_logged(
    url: str,
    connect: Callable[..., Client],
    library: SmallLibrary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A program is told an id, under which the log has the rest."""
    monkeypatch.setattr(Assistant, "search", lambda *args: 1 / 0)
    with pytest.raises(AppError, match=r"\(id ") as told:
        connect(url).predict(ASKED, api_name="/search")
    log = (library.workspace.root / LOG_NAME).read_text(encoding="utf-8")
    assert "ZeroDivisionError" in log and log.split()[4] in str(told.value)


@pytest.mark.parametrize(
    ("endpoint", "mistake", "said"),
    [
        ("/search", {"k": "abc"}, "`k` must look like `10`"),
        ("/search", {"k": [3]}, "`k` must look like `10`"),
        ("/search", {"question": None}, "question is empty"),
        ("/ask", {"question": 5}, '`question` must look like `"..."`'),
        ("/ask", {"years": 2023}, '`years` must look like `"2020-2023"`'),
    ],
)
def test_a_plain_mistake_is_named(
    url: str, connect: Callable[..., Client], endpoint: str, mistake: dict[str, object], said: str
) -> None:
    """It is nothing unexpected: what a parameter has to look like is told."""
    with pytest.raises(AppError, match=re.escape(said)):
        connect(url).predict(**{"question": ASKED, **mistake}, api_name=endpoint)


def test_what_is_null_was_left_out(url: str, connect: Callable[..., Client]) -> None:
    """For programs that send every parameter in its place."""
    client = connect(url)
    assert client.predict(ASKED, *[None] * 6, api_name="/ask")["status"] == "answered"
    assert client.predict(ASKED, *[None] * 5, api_name="/search")["hits"]


def test_a_model_that_fails_gives_way(
    serve_model: ServeModel, connect: Callable[..., Client]
) -> None:
    """A program gets the answer without the model, and is told so in words and in a field."""
    url, _ = serve_model(Say(status=401, error="no"))
    answer = connect(url).predict(ASKED, api_name="/ask")
    assert answer["llm"] == "extractive" and answer["citations"][0]["paper"] == "herd"
    assert "refused the key" in answer["failure"]["message"]
    assert answer["answer"].startswith("openai:scripted could not be used, so")


def test_only_the_named_endpoints_are_open(url: str, connect: Callable[..., Client]) -> None:
    """What the page does for itself is not offered to programs."""
    endpoints = connect(url).view_api(return_format="dict", print_info=False)
    assert set(endpoints["named_endpoints"]) == {"/ask", "/search", "/papers"}
    assert endpoints["unnamed_endpoints"] == {}


def _apart(work: Callable[[], Result]) -> Result:
    """What ``work`` gives in a thread of its own: the browser of other tests has a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def test_every_tool_and_parameter_is_described(url: str) -> None:
    """A model that sees the tools for the first time knows what each is for, and what it takes."""

    async def tools() -> list[Tool]:
        async with (
            streamablehttp_client(f"{url}gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return (await session.list_tools()).tools

    told = {tool.name: tool for tool in _apart(lambda: asyncio.run(tools()))}
    assert set(told) == {"ask", "search", "papers"}
    for tool in told.values():
        assert len(tool.description or "") > 100
        assert all(p.get("description") for p in tool.inputSchema["properties"].values())
    assert set(told["ask"].inputSchema["required"]) == {"question"}


def _examples(language: str, url: str) -> list[str]:
    """The examples in docs/api.md, as they stand there but for the address and the paper."""
    text = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
    examples = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert all("http://127.0.0.1:7860/" in example for example in examples)
    return [
        example.replace("http://127.0.0.1:7860/", url).replace("LLaMA", "Herd")
        for example in examples
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_the_examples_of_the_documentation_run(
    url: str, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those for gradio_client and for MCP."""
    program = compile(_examples("python", url)[number], "docs/api.md", "exec")
    _apart(lambda: exec(program, {}))
    assert "1.4 trillion tokens" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here to run the example with")
def test_the_example_without_a_library_runs(url: str) -> None:
    """Its first command tells the event that the second one waits for."""
    (example,) = _examples("sh", url)
    begin, wait = re.findall(r"^curl (?:.*\\\n)*.*$", example, re.MULTILINE)
    event = json.loads(subprocess.check_output(begin, shell=True))["event_id"]
    said = subprocess.check_output(wait.replace("EVENT_ID", event), shell=True, text=True)
    complete, data = said.strip().splitlines()
    assert complete == "event: complete"
    assert "1.4 trillion tokens" in json.loads(data.removeprefix("data: "))[0]["answer"]


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "corpus_manifest.yaml"]
)
def test_no_file_of_the_machine_is_served(url: str, library: SmallLibrary, path: str) -> None:
    """Neither by a path nor by a trick; not the papers' PDFs either."""
    paths = [path, str(library.workspace.paper("herd").pdf), str(library.manifest)]
    for wanted in paths:
        reply = httpx.get(f"{url}gradio_api/file={wanted}")
        assert reply.status_code in (403, 404)


@pytest.fixture
def guarded(library: SmallLibrary, assistant: Assistant, serve: Serve) -> str:
    background = background_of(library, assistant, syncs=True)
    background.start()
    return serve(assistant, background, read_only=True, accounts=read_accounts(["ada:s3cret"]))


def test_who_has_no_account_sees_nothing(guarded: str) -> None:
    """Neither the page's parts, nor its endpoints, nor its files."""
    page = httpx.get(guarded).text
    assert "How many" not in page and "Library" not in page
    for path in ("config", "gradio_api/info", "gradio_api/file=x", "gradio_api/queue/data"):
        assert httpx.get(guarded + path).status_code in (401, 404)
    asked = httpx.post(f"{guarded}gradio_api/call/ask", json={"data": [ASKED]})
    assert asked.status_code == 401
    hello = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for path in ("gradio_api/mcp", "gradio_api/mcp/", "gradio_api/mcp/sse"):
        assert httpx.post(guarded + path, json=hello).status_code in (401, 404, 405)


def test_an_account_opens_the_page_and_the_endpoints(
    guarded: str, connect: Callable[..., Client]
) -> None:
    """With the right password, and no other."""
    answer = connect(guarded, auth=("ada", "s3cret")).predict(ASKED, api_name="/ask")
    assert answer["status"] == "answered"
    with pytest.raises(Exception, match=r"Could not login|401|Incorrect"):
        connect(guarded, auth=("ada", "wrong"))


def test_read_only_hides_what_changes_the_list(guarded: str, visit: Open) -> None:
    """The table is there; adding, removing and syncing are not."""
    seen = visit(guarded, login=("ada", "s3cret"))
    seen.page.get_by_role("tab", name="Library").click()
    seen.page.locator('[data-action="ask-paper"]').first.wait_for()
    assert seen.page.locator('[data-action="remove-paper"]').count() == 0
    assert not seen.page.locator("#add").is_visible()


def test_a_forged_removal_is_ignored(guarded: str, visit: Open, library: SmallLibrary) -> None:
    """Hidden buttons are not the guard: the server refuses too."""
    before = library.manifest.read_bytes()
    seen = visit(guarded, login=("ada", "s3cret"))
    seen.page.get_by_role("tab", name="Library").click()
    button = seen.page.locator('[data-action="ask-paper"]').first
    button.evaluate("button => { button.dataset.action = 'remove-paper'; button.click() }")
    seen.page.locator('[data-action="read-paper"]').first.click()
    seen.page.locator(".reader").wait_for()
    assert library.manifest.read_bytes() == before
