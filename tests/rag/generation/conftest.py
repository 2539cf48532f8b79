"""What the tests of answers by a scripted model share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from small_library import ASKED, SmallLibrary

from rag.answer import Answer, Turn


@pytest.fixture
def ask(whole_library: SmallLibrary) -> Callable[..., Answer]:
    """Ask with a scripted model."""

    def answer(asked: str = ASKED, *, history: tuple[Turn, ...] = (), **config: object) -> Answer:
        return whole_library.assistant(llm="openai:scripted", **config).ask(asked, history)

    return answer
