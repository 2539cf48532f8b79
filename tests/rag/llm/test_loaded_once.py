"""What is slow to load is loaded once, and failures leave nothing in the cache."""

from __future__ import annotations

import gc
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from rag.llm.loaded_once import loaded_once


def test_threads_wait_for_the_one_that_loads() -> None:
    """Threads that ask for the same thing share one load; threads that ask for something else do not wait."""
    begun, goes_on, loads = Event(), Event(), list[str]()

    @loaded_once(2)
    def load(name: str) -> object:
        loads.append(name)
        if name == "slow":
            begun.set()
            assert goes_on.wait(30)
        return object()

    with ThreadPoolExecutor(4) as pool:
        slow = [pool.submit(load, "slow") for _ in range(3)]
        assert begun.wait(30)
        assert load("fast") is load("fast")
        goes_on.set()
        assert len({id(one.result()) for one in slow}) == 1
    assert sorted(loads) == ["fast", "slow"]


def test_after_a_failure_one_thread_loads_again() -> None:
    """After a failed load, one thread tries again, and all others wait for it."""
    begun, may_end = [Event(), Event()], [Event(), Event()]
    loads = list[int]()

    @loaded_once(2)
    def load(name: str) -> object:
        n = len(loads)
        loads.append(n)
        begun[n].set()
        assert may_end[n].wait(30)
        if n == 0:
            raise OSError("no such model")
        return object()

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(load, "it")
        assert begun[0].wait(30)
        waits = pool.submit(load, "it")
        time.sleep(0.1)  # until it does
        may_end[0].set()
        assert begun[1].wait(30)
        asks_then = pool.submit(load, "it")
        time.sleep(0.1)
        assert loads == [0, 1]
        may_end[1].set()
        assert isinstance(first.exception(), OSError)
        assert waits.result() is asks_then.result()


def test_the_key_of_a_failed_load_is_not_kept() -> None:
    """The arguments of a failed load are not kept, because they may contain a secret."""

    class Secret:
        pass

    @loaded_once(2)
    def load(secret: Secret) -> object:
        raise OSError("no such model")

    secret = Secret()
    kept = weakref.ref(secret)
    with pytest.raises(OSError):
        load(secret)
    del secret
    gc.collect()
    assert kept() is None
