"""Measure the chat under load: people who ask at once, again and again, for a minute.

    python benchmarks/load.py DATA_DIR GOLD.jsonl [--people 20] [--seconds 60]

Starts ``askpapers chat`` on an index that is there already, and asks it the questions of a gold file
through its API, each person from an address of their own.  Prints how many were answered and how many
failed, how long an answer took, and the memory of the server before and after.  Reads /proc: Linux only.
"""

from __future__ import annotations

import argparse
import itertools
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
from gradio_client import Client

from rag.evaluation.evaluate import read_gold

START_SECONDS = 120


@contextmanager
def running_chat(data_dir: Path) -> Iterator[tuple[str, int]]:
    """The address and process id of a chat that answers from ``data_dir`` and changes nothing."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "rag", "chat", "--quiet", "--no-sync", "--read-only"]
    command += ["--port", port, "--data-dir", str(data_dir)]
    chat = subprocess.Popen(command)  # noqa: S603 (a command of ours)
    url = f"http://127.0.0.1:{port}/"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_up(url):
            if chat.poll() is not None or time.monotonic() > deadline:
                sys.exit("The chat did not start.")
            time.sleep(0.2)
        yield url, chat.pid
    finally:
        chat.terminate()
        chat.wait()


def is_up(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def memory_mib(process: int) -> float:
    """The resident memory of a process, in MiB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def ask_until(url: str, person: int, questions: Sequence[str], deadline: float) -> list[float]:
    """The seconds that each answer took; infinite for one that failed."""
    headers = {"X-Forwarded-For": f"192.0.2.{person}"}
    client = Client(url, verbose=False, analytics_enabled=False, headers=headers)
    seconds = []
    for question in itertools.islice(itertools.cycle(questions), person, None):
        started = time.monotonic()
        if started > deadline:
            break
        try:
            client.predict(question, api_name="/ask")
        except Exception as error:  # whatever went wrong, the others go on
            print(f"{question!r}: {error}", file=sys.stderr)
            seconds.append(float("inf"))
        else:
            seconds.append(time.monotonic() - started)
    client.close()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    args = parser.parse_args()
    questions = [question.question for question in read_gold(args.gold)]
    with running_chat(args.data_dir) as (url, process):
        ask_until(url, 0, questions, time.monotonic() + 10)  # warm, each paper read once or twice
        before = memory_mib(process)
        deadline = time.monotonic() + args.seconds
        with ThreadPoolExecutor(args.people) as crowd:
            asked = [
                crowd.submit(ask_until, url, person, questions, deadline)
                for person in range(args.people)
            ]
            seconds = [value for person in asked for value in person.result()]
        after = memory_mib(process)
    answered = [value for value in seconds if value < float("inf")]
    print(f"{len(answered)} answers, {len(seconds) - len(answered)} failed")
    print(
        f"median {statistics.median(answered):.2f} s, p95 {sorted(answered)[int(0.95 * len(answered))]:.2f} s"
    )
    print(f"memory {before:.0f} MiB before, {after:.0f} MiB after")


if __name__ == "__main__":
    main()
