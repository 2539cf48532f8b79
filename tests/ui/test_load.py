"""Many people ask at once: all are answered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from gradio_client import Client
from small_library import SmallLibrary
from ui.visits import Serve, background_of

from rag.assistant import Assistant

PEOPLE = 20
ASKED = ("How many tokens was Herd-65B trained on?", "What is the capital of Mongolia?")


def test_twenty_people_ask_at_once(
    library: SmallLibrary, assistant: Assistant, serve: Serve
) -> None:
    """Nobody is refused and nobody gets an error; who waits, waits in the queue.

    Each comes from an address of their own, as a web server in front of the page tells it.
    """
    background = background_of(library, assistant)
    background.start()
    url = serve(assistant, background)

    def person(number: int) -> list[str]:
        headers = {"X-Forwarded-For": f"192.0.2.{number}"}
        client = Client(url, verbose=False, analytics_enabled=False, headers=headers)
        answers = [client.predict(question, api_name="/ask") for question in ASKED]
        client.close()
        return [answer["status"] for answer in answers]

    with ThreadPoolExecutor(PEOPLE) as crowd:
        told = list(crowd.map(person, range(PEOPLE)))
    assert told == [["answered", "no_evidence"]] * PEOPLE
