"""``python -m ingest``: make the index equal to the list (the same as ``askpapers sync``)."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.recipe import DEFAULT_EMBEDDER
from ingest.terminal import (
    RESUME_HINT,
    log_to_stderr,
    print_message,
    print_result,
    progress_bar,
    run_guarded,
)

if TYPE_CHECKING:
    from ingest.sync.report import SyncReport

MANIFEST = Path("corpus_manifest.yaml")
DATA_DIR = Path("data")
MAX_NAMED_PAPERS = 5  # of each kind, in the summary of a dry run


def add_common_options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Add the options that every command takes, and return them."""
    return [
        parser.add_argument(
            "--manifest", type=Path, default=MANIFEST, metavar="PATH", help="the list (%(default)s)"
        ),
        parser.add_argument(
            "--data-dir", type=Path, default=DATA_DIR, metavar="DIR", help="the data (%(default)s)"
        ),
        parser.add_argument(
            "--embedder",
            metavar="NAME",
            default=os.environ.get("ASKPAPERS_EMBEDDER", DEFAULT_EMBEDDER),
            help="the sentence-transformers model, by name or folder, that a sync embeds with; an "
            "index is searched with the model that made it (%(default)s)",
        ),
        parser.add_argument(
            "-v", "--verbose", action="store_true", help="also show each step and how long it took"
        ),
        parser.add_argument(
            "--quiet", action="store_true", help="no progress, and no messages but errors"
        ),
    ]


def add_sync_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``sync``."""
    add_common_options(parser)
    parser.add_argument(
        "--pdf-dir",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="take PDFs from this folder, named by arXiv id or by id in the list (repeatable)",
    )
    parser.add_argument("--offline", action="store_true", help="never open a connection")
    parser.add_argument(
        "--only", action="append", default=[], metavar="ID", help="only this paper (repeatable)"
    )
    parser.add_argument("--retry-failed", action="store_true", help="retry what failed before")
    parser.add_argument(
        "--dry-run", action="store_true", help="change nothing, only show what would be done"
    )
    parser.add_argument("--yes", action="store_true", help="allow many papers to be removed")
    parser.add_argument("--json", action="store_true", help="the report as JSON on stdout")


def sync_command(args: argparse.Namespace) -> int:
    """Run ``sync``; 0 if all is well, 1 if some papers failed."""
    from ingest.embedding.quiet_models import set_hub_offline
    from ingest.settings import make_sync
    from ingest.sync.pipeline import SyncOptions

    if args.offline:
        set_hub_offline()
    options = SyncOptions(
        pdf_dirs=tuple(args.pdf_dir),
        offline=args.offline,
        only=tuple(args.only),
        retry_failed=args.retry_failed,
        dry_run=args.dry_run,
        yes=args.yes,
    )
    with progress_bar(args.quiet) as listener:
        sync = make_sync(args.manifest, args.data_dir, args.embedder, options)
        report = sync.run(listener)
    for failure in report.failed:
        print_message(f"{failure.paper or 'all papers'}: {failure.stage}: {failure.explanation}")
    summary = summarize(report, args.dry_run)
    if args.json:
        print(json.dumps(report_as_json(report), ensure_ascii=False))
        print_message(summary, args.quiet)
    elif args.dry_run or not args.quiet:  # a dry run is asked for its summary
        print_result(summary)
    if report.refusal:
        print_message(f"A sync would refuse this: {report.refusal}")
    return 1 if report.failed else 0


def summarize(report: SyncReport, dry_run: bool = False) -> str:
    """The last line of a sync's output; that of a dry run names the first few papers of each kind."""
    kinds = {"added": report.added, "updated": report.updated, "removed": report.removed}
    counts = [f"{len(ids)} {kind}{_named(ids) if dry_run else ''}" for kind, ids in kinds.items()]
    counts += [f"{len(report.unchanged)} unchanged", f"{len(report.failed)} failed"]
    if report.not_fetched:
        counts[-1] += f"; {len(report.not_fetched)} not fetched yet"
    summary = ", ".join(counts)
    return f"To be done: {summary}." if dry_run else f"{summary} in {report.seconds:.1f} s."


def _named(ids: Sequence[str]) -> str:
    """The first few ids in brackets."""
    more = ", ..." if len(ids) > MAX_NAMED_PAPERS else ""
    return f" ({', '.join(ids[:MAX_NAMED_PAPERS])}{more})" if ids else ""


def report_as_json(report: SyncReport) -> dict[str, Any]:
    """The form of ``sync --json``."""
    return {
        "added": len(report.added),
        "updated": len(report.updated),
        "removed": len(report.removed),
        "unchanged": len(report.unchanged),
        "not_fetched": len(report.not_fetched),
        "failed": [{"paper": f.paper, **f.as_json()} for f in report.failed],
        "index": report.index,
        "timings_ms": {"total": round(report.seconds * 1000)},
    }


def main() -> int:
    """Run ``python -m ingest`` and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Make the index equal to the list, as askpapers sync does.",
    )
    add_sync_options(parser)
    args = parser.parse_args()
    log_to_stderr(args.verbose)
    return run_guarded(lambda: sync_command(args), args.data_dir, RESUME_HINT)


if __name__ == "__main__":
    sys.exit(main())
