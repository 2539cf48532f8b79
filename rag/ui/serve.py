"""Serve the chat as a web page."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import UsageError
from ingest.terminal import print_message
from rag.ui.access import Accounts, check_exposure, is_shared, read_accounts
from rag.ui.background import BackgroundWorker
from rag.ui.limits import MAX_UPLOAD
from rag.ui.page import ChatPage, appearance
from rag.user_input import Warn

if TYPE_CHECKING:
    import gradio as gr

    from ingest.sync.pipeline import Sync
    from rag.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use the page, and how: ``auth`` as given to ``--auth``; ``read_only`` hides what changes the list."""

    auth: Sequence[str] = ()
    no_auth: bool = False
    read_only: bool = False


def serve(
    assistant: Assistant,
    manifest: Path,
    sync: Sync | None,
    host: str,
    port: int,
    access: Access = Access(),
    tell: Warn = print_message,
) -> None:
    """Serve the page until Ctrl-C, with ``sync`` (None: no sync) in the background.

    ``tell`` receives its address, and remarks on the files of accounts.  Raises ``UsageError`` where
    others could reach the page and nobody said who may, and where the port is not available.
    """
    accounts = read_accounts(access.auth, tell)
    check_exposure(host, accounts, access.no_auth)
    background = BackgroundWorker(assistant, manifest, assistant.library.workspace, sync)
    blocks = build_page(assistant, background, access.read_only, is_shared(host, accounts))
    url = launch(blocks, host, port, accounts, tell)
    background.start()
    tell(f"The chat is at {url} (press Ctrl-C to stop it).")
    with redirect_stdout(StringIO()):  # gradio prints about Ctrl-C there
        blocks.block_thread()


def build_page(
    assistant: Assistant,
    background: BackgroundWorker,
    read_only: bool = False,
    is_shared: bool = False,
) -> gr.Blocks:
    """The page, not served yet."""
    return ChatPage(assistant, background, read_only, is_shared).build()


def launch(
    blocks: gr.Blocks,
    host: str,
    port: int,
    accounts: Accounts | None = None,
    tell: Warn = print_message,
) -> str:
    """Serve ``blocks`` in threads of its own and return the address.

    ``tell`` is told where the MCP server is.
    Nothing is sent or fetched: no share link, no monitoring, no run history.  The MCP server does not
    check who calls it, and its tools cannot log in; so there is none where there are ``accounts``.
    Raises ``UsageError`` where the port is not available.
    """
    try:
        with redirect_stdout(StringIO()) as said:  # gradio is not quiet about its MCP server
            _, url, _ = blocks.launch(
                server_name=host,
                server_port=port,
                auth=accounts.allow if accounts else None,
                prevent_thread_lock=True,
                share=False,
                quiet=True,
                enable_monitoring=False,
                run_history=False,
                ssr_mode=False,
                mcp_server=accounts is None,
                max_file_size=MAX_UPLOAD,
                **appearance(),
            )
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"The chat cannot be served on {host}, port {port}.",
            "If another program uses the port, choose another with --port; otherwise check --host and --port.",
        ) from error
    if mcp := said.getvalue().strip():
        tell(mcp)
    return url
