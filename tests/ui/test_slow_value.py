"""A value that is slow to compute never keeps anybody waiting for long."""

from __future__ import annotations

import threading

import pytest
from ui.visits import wait_until

from rag.ui.slow_value import SlowValue

LONGEST = 30.0


def test_the_previous_value_serves_while_the_next_is_computed() -> None:
    """None before the first; one computation at a time, whoever asks."""
    value: SlowValue[str] = SlowValue()
    go = threading.Event()
    computed: list[str] = []

    def slow(result: str) -> str:
        go.wait(LONGEST)
        computed.append(result)
        return result

    assert value.get("a", lambda: slow("A"), 0.0) is None
    assert value.get("a", lambda: slow("again"), 0.0) is None
    go.set()
    assert value.get("a", lambda: slow("again"), LONGEST) == "A"
    go.clear()
    assert value.get("b", lambda: slow("B"), 0.0) == "A"
    go.set()
    wait_until(lambda: value.get("b", lambda: slow("again"), 0.0) == "B")
    assert computed == ["A", "B"]


def test_a_key_that_changes_meanwhile_is_computed_next() -> None:
    """Whoever has the time to wait gets the value for the key that they named."""
    value: SlowValue[str] = SlowValue()
    go = threading.Event()
    value.get("a", lambda: "A" if go.wait(LONGEST) else "", 0.0)
    threading.Timer(0.05, go.set).start()
    assert value.get("b", lambda: "B", LONGEST) == "B"


def test_an_error_is_raised_until_the_key_changes() -> None:
    """With a traceback that does not grow."""
    value: SlowValue[float] = SlowValue()
    lengths = set()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError) as caught:
            value.get("a", lambda: 1 / 0, LONGEST)
        lengths.add(len(caught.traceback))
    assert len(lengths) == 1
    assert value.get("b", lambda: 1.0, LONGEST) == 1.0
