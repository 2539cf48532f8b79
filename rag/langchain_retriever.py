"""The search as a LangChain retriever, for use in other people's chains."""

from __future__ import annotations

from pathlib import Path

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from ingest.storage.workspace import Workspace
from rag.answer import Hit
from rag.assistant import Assistant
from rag.config import NO_FILTERS, Filters, RagConfig
from rag.library import Library


class PapersRetriever(BaseRetriever):
    """The ``k`` best passages as documents: ``page_content`` is an exact slice of one page.

    ``metadata`` holds what ``search --json`` gives for a hit, without the text.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    filters: Filters = NO_FILTERS
    k: int = 10

    @classmethod
    def open(
        cls, data_dir: str | Path = "data", k: int = 10, filters: Filters = NO_FILTERS
    ) -> PapersRetriever:
        """A retriever over the index in ``data_dir``; a later sync is picked up."""
        library = Library(Workspace(Path(data_dir)))
        return cls(assistant=Assistant(library, RagConfig()), filters=filters, k=k)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = self.assistant.search(query, filters=self.filters, k=self.k)
        return [_document(hit) for hit in found.hits]


def _document(hit: Hit) -> Document:
    metadata = hit.as_json()
    return Document(page_content=metadata.pop("text"), metadata=metadata)
