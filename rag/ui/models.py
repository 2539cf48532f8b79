"""The models that a visitor may choose from."""

from __future__ import annotations

from ingest.errors import AssistantError, ModelError
from rag.config import EXTRACTIVE
from rag.llm.errors import hint_without_fallback
from rag.llm.langchain_model import check_model
from rag.llm.providers import PROVIDERS, read_environment
from rag.llm.status import offered_models
from rag.ui.exchange import ShownError


class ModelChoices:
    """No model, the configured one, those of the user's own servers, and an example for each API key.

    Safe to use from several threads.
    """

    def __init__(self, configured: str) -> None:
        self.configured = configured
        self._offered: tuple[str, ...] = ()

    def choices(self) -> list[str]:
        """All choices, with the models that the servers offered at the last ``refresh``."""
        environment = read_environment()
        with_key = [
            provider.example
            for name, provider in PROVIDERS.items()
            if provider.is_installed and environment.key(name) and not environment.own_address(name)
        ]
        return list(dict.fromkeys([EXTRACTIVE, self.configured, *self._offered, *with_key]))

    def refresh(self) -> list[str]:
        """All choices, with the models that the servers offer now; takes seconds where one is silent."""
        self._offered = tuple(offered_models())
        return self.choices()

    def check(self, llm: str) -> ShownError | None:
        """Why ``llm`` cannot be used, as far as is known without calling it; None if nothing is."""
        try:
            if llm != EXTRACTIVE:
                check_model(llm)
        except ModelError as error:
            return ShownError(error.message, hint_without_fallback(error))
        except AssistantError as error:
            return ShownError.of(error)
        return None
