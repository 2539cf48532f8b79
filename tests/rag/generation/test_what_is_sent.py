"""What the model is sent: as much evidence as fits, the conversation, and a question that stands alone."""

from __future__ import annotations

from collections.abc import Callable

from openai_server import Say, Serve, say
from small_library import ASKED, TRUE, SmallLibrary

from rag.answer import Answer, Turn
from rag.assistant import Assistant
from rag.generation.budget import ANSWER_TOKENS


def test_half_of_the_passages_are_sent_if_the_context_is_too_small(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """If a server refuses the prompt's length, half of the passages are sent, and a notice says so."""
    full = Say(status=400, error="maximum context length is 512 tokens")
    server = serve(full, say(f"{TRUE} [1]."))
    answer = ask()
    n_passages = [asked.text.count("<passage number=") for asked in server.asked]
    assert n_passages[1] == n_passages[0] // 2
    assert any("did not fit" in notice for notice in answer.notices)


def long_assistant(library: SmallLibrary) -> Assistant:
    """An assistant with more evidence than its model's 4,096 tokens can hold."""
    fact = "Herd-65B was trained on {} trillion tokens of public text in its run of that number."
    pages = [("2 Training", *(fact.format(100 * i + k) for k in range(12))) for i in range(1, 25)]
    library.write_pdf("herd", pages)
    library.sync()
    return library.assistant(llm="ollama:scripted", n_passages=24)


def test_a_second_request_with_its_list_of_sentences_fits_the_context(
    serve: Serve, library: SmallLibrary
) -> None:
    """The second request lists the unsupported sentences and has fewer passages, so that it fits the context."""
    wrong = " ".join(f"Nobody counted the {i} grey llamas of Peru [1]." for i in range(90))
    server = serve(say(wrong), say(f"{TRUE} [1]."))
    long_assistant(library).ask(ASKED)
    first, second = server.asked
    n_shown = [asked.text.count("<passage number=") for asked in (first, second)]
    assert 0 < n_shown[1] < n_shown[0]
    assert len(second.text.split()) < 4096 - ANSWER_TOKENS


def test_evidence_is_cut_to_a_known_context(serve: Serve, library: SmallLibrary) -> None:
    """No more passages are sent than fit the model's context, and a notice says how many did not."""
    server = serve(say(f"{TRUE}."))
    answer = long_assistant(library).ask(ASKED)
    [asked, *_] = server.asked
    n_shown = asked.text.count("<passage number=")
    assert asked.body["options"]["num_ctx"] == 4096
    assert 3 < n_shown < len(answer.hits)
    assert len(asked.text.split()) < 4096 - ANSWER_TOKENS
    left_out = f"{len(answer.hits) - n_shown} passages did not fit"
    assert any(notice.startswith(left_out) for notice in answer.notices)


def test_the_model_is_shown_the_conversation(serve: Serve, ask: Callable[..., Answer]) -> None:
    """The prompt for a follow-up question contains the earlier turns."""
    server = serve(say(f"{TRUE} [1]."))
    ask(
        "And on how many tokens of public text was it trained?",
        history=(Turn("What is Herd?", "A family of models."),),
    )
    assert "A family of models." in server.asked[0].text


def test_a_follow_up_is_searched_and_answered_as_reworded(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """Evidence and answer are for the follow-up as the model reworded it; the answer shows the user's own words."""
    follow_up = "How many tokens was it trained on?"
    server = serve(say(ASKED), say(f"{TRUE} [1]."))
    answer = ask(follow_up, history=(Turn("What about the 65B one?", "It is in Herd."),))
    assert answer.question == follow_up
    assert answer.run and answer.run.asked == ASKED
    assert f"Question: {ASKED}" in server.asked[1].text
    assert [s.support for s in answer.sentences] == ["supported"]


def test_a_statement_instead_of_a_reworded_question_is_ignored(
    serve: Serve, ask: Callable[..., Answer]
) -> None:
    """If the model makes a statement instead of rewording the question, the question is searched as it was typed."""
    follow_up = "And on how many tokens of public text was it trained?"
    server = serve(say("It was trained on many tokens of public text."), say(f"{TRUE} [1]."))
    answer = ask(follow_up, history=(Turn("What is Herd?", "A family of models."),))
    assert answer.run and answer.run.asked == follow_up
    assert f"Question: {follow_up}" in server.asked[1].text
