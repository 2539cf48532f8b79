"""The command line.  Only parsing lives here, so that every --help answers at once.

The exit codes are those of the errors (``ingest.errors``), and 1 where some items failed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ingest.__main__ import add_common_options, add_sync_options
from ingest.corpus import STATUSES
from ingest.errors import UsageError
from ingest.terminal import RESUME_HINT, log_to_stderr, run_guarded
from rag.config import parse_years, verifier_name

MAX_AT_ONCE = 1_000  # of passages for one question, or questions answered at once
EXAMPLES = """\
examples:
  askpapers sync                                    fetch, read and index what is new in the list
  askpapers ask "How does LoRA save memory?"        an answer, each sentence with its page
  askpapers batch questions.jsonl -o answers.jsonl  many questions, resumable
  askpapers chat                                    the same in a web page

exit codes: 0 all well; 1 some items failed, or a disk is full; 2 bad usage or input;
            3 no index that can be used; 4 the language model cannot be reached
"""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    problem = _read_settings(Path(".env"))  # first: it may hold the options' defaults
    given = sys.argv[1:] if argv is None else argv
    args = build_parser().parse_args(_command_first(given))

    def command() -> int:
        if problem:
            raise problem
        _check_values(args)
        from rag.commands import COMMANDS

        return COMMANDS[args.command](args)

    log_to_stderr(args.verbose)
    starts_over = "Nothing was saved; the next run starts over."
    after_stop = {"sync": RESUME_HINT, "batch": RESUME_HINT, "eval": starts_over}
    return run_guarded(command, args.data_dir, after_stop.get(args.command, ""))


def _command_first(given: Sequence[str]) -> list[str]:
    """The arguments, with the command in front of the options that it shares with all others."""
    common = add_common_options(argparse.ArgumentParser())
    takes_value = {name: action.nargs != 0 for action in common for name in action.option_strings}
    n = 0
    while n < len(given) and (name := given[n].partition("=")[0]) in takes_value:
        n += 1 if "=" in given[n] else 1 + takes_value[name]
    return [*given[n : n + 1], *given[:n], *given[n + 1 :]]


def _check_values(args: argparse.Namespace) -> None:
    """Raises ``UsageError`` for a wrong value, before what is heavy is loaded."""
    if years := getattr(args, "year", None):
        parse_years(years)
    if verifier := getattr(args, "verifier", None):
        verifier_name(verifier)


def _read_settings(path: Path) -> UsageError | None:
    """Put what the file sets into the environment; return the error if the file is not text."""
    from dotenv import load_dotenv

    try:
        load_dotenv(path)
    except UnicodeDecodeError:
        return UsageError(f"{path} is not UTF-8 text.", "Save it as UTF-8.")
    return None


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="askpapers",
        description="Ask questions of a reading list of papers; every claim comes with its page.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=summary, description=summary)

    add_sync_options(command("sync", "Make the index equal to the list."))
    _papers(command("papers", "Show the list, how far each paper got, and why no further."))
    _add(command("add", "Add papers to the list by arXiv id, address or PDF file."))
    _remove(command("remove", "Take papers off the list."))
    _search(command("search", "Show the passages for a question, without an answer."))
    _ask(command("ask", "Answer one question, each sentence with its page."))
    _batch(command("batch", "Answer a file of questions; run it again to resume."))
    _eval(command("eval", "Score the answers to questions whose pages are known."))
    _models(command("models", "Show which language models can be used, and what the others lack."))
    _chat(command("chat", "Serve the chat as a web page, with a sync in the background."))
    return parser


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"askpapers {version('askpapers')}")
        parser.exit()


def _papers(parser: argparse.ArgumentParser) -> None:
    add_common_options(parser)
    parser.add_argument("--status", choices=STATUSES, help="only papers in this state")
    parser.add_argument("--topic", help="only papers on this topic")
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def _add(parser: argparse.ArgumentParser) -> None:
    add_common_options(parser)
    parser.add_argument("what", nargs="+", metavar="ID_OR_URL", help="arXiv id, address, or a PDF")
    parser.add_argument(
        "--title", help="the title, if arXiv is not to be asked for it (one paper only)"
    )


def _remove(parser: argparse.ArgumentParser) -> None:
    add_common_options(parser)
    parser.add_argument("ids", nargs="+", metavar="ID", help="as `askpapers papers` shows them")


def _search(parser: argparse.ArgumentParser) -> None:
    add_common_options(parser)
    parser.add_argument("question", metavar="QUESTION")
    parser.add_argument("-k", type=_positive, default=10, help="how many passages (%(default)s)")
    _add_filters(parser)
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def _ask(parser: argparse.ArgumentParser) -> None:
    add_common_options(parser)
    parser.add_argument("question", metavar="QUESTION")
    _add_model(parser)
    parser.add_argument(
        "--history", type=Path, metavar="FILE", help='earlier turns: JSON [{"question", "answer"}]'
    )
    _add_filters(parser)
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def _batch(parser: argparse.ArgumentParser) -> None:
    add_common_options(parser)
    parser.add_argument(
        "file", type=Path, metavar="IN", help="JSONL, JSON, CSV, or one question per line"
    )
    parser.add_argument(
        "-o", "--out", type=Path, required=True, help="JSONL, CSV or Markdown, by its extension"
    )
    parser.add_argument(
        "--hits", type=_positive, metavar="K", help="add the K best passages (JSONL only)"
    )
    parser.add_argument(
        "--workers", type=_positive, default=1, help="questions answered at once (%(default)s)"
    )
    _add_model(parser)
    _add_filters(parser)


def _eval(parser: argparse.ArgumentParser) -> None:
    add_common_options(parser)
    parser.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="see docs/evaluating.md")
    _add_model(parser)
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="SPEC_OR_RUN",
        help="compare with another model, or with a run saved by --save (repeatable)",
    )
    parser.add_argument("--save", type=Path, metavar="RUN.json", help="keep each question's scores")
    parser.add_argument("--misses", type=Path, metavar="FILE", help="write every miss as text")
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def _models(parser: argparse.ArgumentParser) -> None:
    add_common_options(parser)
    parser.add_argument("--json", action="store_true", help="as JSON on stdout")


def _chat(parser: argparse.ArgumentParser) -> None:
    add_common_options(parser)
    parser.add_argument("--host", default="127.0.0.1", help="the address to serve (%(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="the port (%(default)s)")
    parser.add_argument("--no-sync", action="store_true", help="no sync in the background")
    parser.add_argument("--offline", action="store_true", help="never open a connection")
    parser.add_argument(
        "--pdf-dir", type=Path, action="append", default=[], metavar="DIR", help="as in sync"
    )
    access = parser.add_argument_group("access, where others can reach the page")
    access.add_argument(
        "--auth",
        action="append",
        default=[auth] if (auth := os.environ.get("ASKPAPERS_AUTH")) else [],
        metavar="USER:PASSWORD",
        help="an account, or a file of them from `python -m rag.ui.access USER` (repeatable)",
    )
    access.add_argument("--no-auth", action="store_true", help="let anyone in, on any --host")
    access.add_argument("--read-only", action="store_true", help="nobody may change the list")
    _add_model(parser)


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--llm",
        default=os.environ.get("ASKPAPERS_LLM") or "extractive",
        metavar="SPEC",
        help="extractive (no model) or provider:model, e.g. openai:gpt-4o-mini (%(default)s)",
    )
    parser.add_argument(
        "--strict", action="store_true", help="leave out sentences that no page supports"
    )
    parser.add_argument(
        "--verifier",
        default=os.environ.get("ASKPAPERS_VERIFIER", "built-in"),
        metavar="SPEC",
        help="what checks sentences: built-in, or cross-encoder:NAME (%(default)s)",
    )
    parser.add_argument(
        "--trace",
        type=Path,
        metavar="FILE",
        help="append a record of each answer to FILE, one JSON line each",
    )


def _add_filters(parser: argparse.ArgumentParser) -> None:
    filters = parser.add_argument_group("filters", "repeat one to allow more")
    filters.add_argument("--paper", action="append", default=[], metavar="ID")
    filters.add_argument("--topic", action="append", default=[], metavar="T")
    filters.add_argument("--list", action="append", default=[], metavar="L")
    filters.add_argument("--year", metavar="YEARS", help="2020, 2020-2023, 2020- or -2023")


def _positive(text: str) -> int:
    if text.isdecimal() and len(text) <= len(str(MAX_AT_ONCE)) and 0 < int(text) <= MAX_AT_ONCE:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} must be a whole number from 1 to {MAX_AT_ONCE}")


if __name__ == "__main__":
    sys.exit(main())
