"""A real transformers model, tiny and randomly made, runs in this process."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from run_to_end import run_to_end
from tiny_model import CONTEXT, NO_SYSTEM, TEMPLATE, make_model

from ingest.errors import ContextTooSmall, ModelError
from rag.llm.chat_model import Ending
from rag.llm.langchain_model import load_model
from rag.llm.local_model import MAX_NEW_TOKENS

MESSAGES = [("system", "Be short."), ("user", "How many layers does it have?")]


def ask(folder: Path, messages: list[tuple[str, str]]) -> tuple[str, Ending]:
    said, ending = run_to_end(load_model(f"huggingface:{folder}").stream(messages))
    return "".join(said), ending


@pytest.mark.parametrize("template", [TEMPLATE, NO_SYSTEM, None])
def test_a_folder_is_loaded_and_answers(tmp_path: Path, template: str | None) -> None:
    """With a chat template, with one that knows no system role, or with none, text comes."""
    said, ending = ask(make_model(tmp_path, template), MESSAGES)
    assert said
    assert ending.prompt_tokens and ending.answer_tokens
    assert ending.answer_tokens <= min(MAX_NEW_TOKENS, CONTEXT)


def test_the_context_of_the_model_is_known(tmp_path: Path) -> None:
    """The limit is the model's own."""
    assert load_model(f"huggingface:{make_model(tmp_path)}").context_tokens == CONTEXT


def test_too_long_a_question_is_refused_before_it_runs(tmp_path: Path) -> None:
    """What does not fit is said, so that less evidence can be tried."""
    with pytest.raises(ContextTooSmall):
        ask(make_model(tmp_path), [("user", "word " * CONTEXT)])


def test_closing_stops_the_model(tmp_path: Path) -> None:
    """Nothing goes on computing when nobody reads any more; the next question is answered."""
    model = load_model(f"huggingface:{make_model(tmp_path)}")
    threads = set(threading.enumerate())
    steps = model.stream(MESSAGES)
    assert any(steps)
    running = set(threading.enumerate()) - threads
    steps.close()
    for thread in running:
        thread.join(5)
    assert not any(thread.is_alive() for thread in running)
    assert any(model.stream(MESSAGES))


def test_who_waits_for_the_model_can_leave(tmp_path: Path) -> None:
    """While it answers somebody else, pieces are empty, and between them one can go."""
    model = load_model(f"huggingface:{make_model(tmp_path)}")
    first, second = model.stream(MESSAGES), model.stream(MESSAGES)
    assert any(first)
    assert (next(second), next(second)) == ("", "")
    second.close()
    first.close()
    assert any(model.stream(MESSAGES))


def test_a_folder_without_a_model_is_said_so(tmp_path: Path) -> None:
    """The error names the folder and what to do."""
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_model(f"huggingface:{tmp_path}")


def test_damaged_weights_are_said_so(tmp_path: Path) -> None:
    """A download that broke off is an error in words, too."""
    weights = make_model(tmp_path) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:300])
    with pytest.raises(ModelError, match="cannot be loaded: "):
        load_model(f"huggingface:{tmp_path}")


def test_a_model_is_loaded_once(tmp_path: Path) -> None:
    """Threads that want it at the same time share one copy."""
    spec = f"huggingface:{make_model(tmp_path)}"
    with ThreadPoolExecutor(4) as threads:
        models = set(threads.map(lambda _: load_model(spec), range(4)))
    assert len(models) == 1


def test_a_model_that_no_gpu_holds_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit is not taken for a wrong name."""
    import torch
    from transformers import PreTrainedModel

    def no_room(model: PreTrainedModel, device: str) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(PreTrainedModel, "to", no_room)
    with pytest.raises(ModelError, match="does not fit") as caught:
        load_model(f"huggingface:{make_model(tmp_path)}")
    assert "CUDA_VISIBLE_DEVICES" in caught.value.hint
