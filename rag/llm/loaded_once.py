"""Cache what is slow to load, and load it once even if several threads ask at the same time."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock
from typing import TypeVar, TypeVarTuple

Key = TypeVarTuple("Key")
Loaded = TypeVar("Loaded")


def loaded_once(most: int) -> Callable[[Callable[[*Key], Loaded]], Callable[[*Key], Loaded]]:
    """A cache of the last ``most`` results; a thread that asks for one being loaded waits for it.

    ``functools.lru_cache`` alone would call the function in each thread until the first has finished.
    Other keys do not wait.
    """

    def decorate(load: Callable[[*Key], Loaded]) -> Callable[[*Key], Loaded]:
        cached = lru_cache(maxsize=most)(load)
        locks: dict[tuple[object, ...], Lock] = {}

        @wraps(load)
        def loaded(*key: *Key) -> Loaded:
            while True:
                lock = locks.setdefault(key, Lock())
                with lock:
                    if (
                        locks.get(key) is not lock
                    ):  # whoever loaded is done, and others may load now
                        continue
                    try:
                        return cached(*key)
                    finally:
                        del locks[key]  # a key may hold secrets, and there may be ever new ones

        return loaded

    return decorate
