"""Turn a command's options into the assistant, its configuration and its filters; print results."""

from __future__ import annotations

import argparse
import json
from functools import partial

from ingest.errors import NoIndex
from ingest.reading_list.manifest import read_manifest
from ingest.settings import make_sync
from ingest.storage.workspace import Workspace
from ingest.sync.pipeline import SyncOptions
from ingest.terminal import print_message
from rag.assistant import Assistant
from rag.config import Filters, RagConfig, parse_years
from rag.library import Library
from rag.user_input import Warn, prepare_file


def assistant_of(args: argparse.Namespace) -> Assistant:
    """The assistant over the data folder; before the first sync, over the list alone.

    Raises ``NoIndex`` where the list is empty as well.
    """
    workspace = Workspace(args.data_dir)
    if workspace.current_build() is None:
        if not read_manifest(args.manifest):
            hint = "Add a paper: `askpapers add 2106.09685`, then `askpapers sync`."
            raise NoIndex("The list is empty.", hint)
        print_message("There is no index yet: answers come from the list alone.", args.quiet)
        options = SyncOptions(list_only=True)
        make_sync(args.manifest, args.data_dir, args.embedder, options).run()
    return Assistant(Library(workspace), config_of(args))


def config_of(args: argparse.Namespace) -> RagConfig:
    """How to answer; `search` has no such options.

    Raises ``StorageError`` where the trace cannot be written, before anything is asked or paid for.
    """
    if "llm" not in args:
        return RagConfig()
    if args.trace:
        prepare_file(args.trace)
    return RagConfig(llm=args.llm, strict=args.strict, verifier=args.verifier, trace=args.trace)


def filters_of(args: argparse.Namespace) -> Filters:
    """The filters that were asked for.  Raises ``UsageError`` for an invalid range of years."""
    years = parse_years(args.year) if args.year else None
    return Filters(tuple(args.paper), tuple(args.topic), tuple(args.list), years)


def warn_of(args: argparse.Namespace) -> Warn:
    """A ``Warn`` that prints to stderr, unless ``--quiet`` is given."""
    return partial(print_message, quiet=args.quiet)


def print_json(value: object) -> None:
    """A result for programs, as one line on stdout."""
    print(json.dumps(value, ensure_ascii=False))
