"""The chat in a web page: ``python app.py`` does what ``askpapers chat`` does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rag.ui.background import Background
from rag.ui.page import Page, looks

if TYPE_CHECKING:
    import gradio as gr

    from ingest.pipeline import Sync
    from rag.assistant import Assistant


def serve(assistant: Assistant, manifest: Path, sync: Sync | None, host: str, port: int) -> None:
    """Serve the page until Ctrl-C, with ``sync`` (None: no sync) in the background."""
    background = Background(assistant, manifest, assistant.library._workspace, sync)
    blocks = build_page(assistant, background)
    background.start()
    url = launch(blocks, host, port)
    print(f"The chat is on {url} (Ctrl-C ends it).", file=sys.stderr)
    blocks.block_thread()


def build_page(assistant: Assistant, background: Background) -> gr.Blocks:
    """The page, not served yet."""
    return Page(assistant, background).build()


def launch(blocks: gr.Blocks, host: str, port: int) -> str:
    """Serve ``blocks`` in threads of its own and return the address.

    Nothing is told to or fetched from anywhere: no share link, no monitoring, no run history.
    """
    _, url, _ = blocks.launch(
        server_name=host,
        server_port=port,
        prevent_thread_lock=True,
        share=False,
        quiet=True,
        enable_monitoring=False,
        run_history=False,
        ssr_mode=False,
        **looks(),
    )
    return url


if __name__ == "__main__":
    from rag.__main__ import main

    sys.exit(main(["chat", *sys.argv[1:]]))
