"""The search as a LangChain retriever."""

from __future__ import annotations

from small_library import ASKED, SmallLibrary

from rag.config import Filters
from rag.langchain_retriever import PapersRetriever


def test_documents_are_the_passages_of_the_search(whole_library: SmallLibrary) -> None:
    """The documents are the ``k`` best passages; their metadata is a hit's JSON form without the text."""
    assistant = whole_library.assistant()
    documents = PapersRetriever(assistant=assistant, k=2).invoke(ASKED)
    hits = [hit.as_json() for hit in assistant.search(ASKED, k=2).hits]
    assert len(documents) == 2 and "1.4 trillion" in documents[0].page_content
    assert [{**d.metadata, "text": d.page_content} for d in documents] == hits


def test_documents_are_only_of_papers_that_the_filters_allow(whole_library: SmallLibrary) -> None:
    """With filters, no document is from another paper."""
    filters = Filters(papers=("slim",))
    found = PapersRetriever(assistant=whole_library.assistant(), filters=filters).invoke(ASKED)
    assert {document.metadata["paper"] for document in found} == {"slim"}
