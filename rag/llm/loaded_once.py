"""Cache what is slow to load; load it only once even if several threads ask at the same time."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock
from typing import TypeVar, TypeVarTuple

Key = TypeVarTuple("Key")
Loaded = TypeVar("Loaded")


def loaded_once(most: int) -> Callable[[Callable[[*Key], Loaded]], Callable[[*Key], Loaded]]:
    """Cache the last ``most`` results; a thread that asks for one that is being loaded waits for it.

    ``functools.lru_cache`` alone would call the function in each thread until the first call has finished.
    Threads that ask for other keys do not wait.
    """

    def decorate(load: Callable[[*Key], Loaded]) -> Callable[[*Key], Loaded]:
        cached = lru_cache(maxsize=most)(load)
        locks: dict[tuple[object, ...], Lock] = {}

        @wraps(load)
        def loaded(*key: *Key) -> Loaded:
            while True:
                lock = locks.setdefault(key, Lock())
                with lock:
                    # Once the loading thread has deleted the lock, another one may be in use.
                    if locks.get(key) is not lock:
                        continue
                    try:
                        return cached(*key)
                    finally:
                        del locks[key]  # keys may contain secrets, and their number is unlimited

        return loaded

    return decorate
