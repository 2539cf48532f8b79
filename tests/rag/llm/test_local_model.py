"""A real transformers model, tiny and random, in this process."""

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
    """A model answers with a chat template, with one that has no system role, and without one."""
    said, ending = ask(make_model(tmp_path, template), MESSAGES)
    assert said
    assert ending.prompt_tokens and ending.answer_tokens
    assert ending.answer_tokens <= min(MAX_NEW_TOKENS, CONTEXT)


def test_the_context_of_the_model_is_known(tmp_path: Path) -> None:
    """The context is the limit in the model's own configuration."""
    assert load_model(f"huggingface:{make_model(tmp_path)}").context_tokens == CONTEXT


def test_a_prompt_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """A prompt longer than the context raises ``ContextTooSmall``, so that less evidence can be tried."""
    with pytest.raises(ContextTooSmall):
        ask(make_model(tmp_path), [("user", "word " * CONTEXT)])


def test_closing_stops_the_model(tmp_path: Path) -> None:
    """Closing a reply ends the computing thread, and the next question is answered."""
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


def test_waiting_for_the_model_can_be_stopped(tmp_path: Path) -> None:
    """While a model answers another question, empty pieces are yielded, and the wait can be ended."""
    model = load_model(f"huggingface:{make_model(tmp_path)}")
    first, second = model.stream(MESSAGES), model.stream(MESSAGES)
    assert any(first)
    assert (next(second), next(second)) == ("", "")
    second.close()
    first.close()
    assert any(model.stream(MESSAGES))


def test_a_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    """A folder without a model is an error that says that it cannot be loaded."""
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_model(f"huggingface:{tmp_path}")


def test_damaged_weights_are_an_error(tmp_path: Path) -> None:
    """A file of weights that is cut off, as after an incomplete download, is an error."""
    weights = make_model(tmp_path) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:300])
    with pytest.raises(ModelError, match="cannot be loaded: "):
        load_model(f"huggingface:{tmp_path}")


def test_a_model_is_loaded_once(tmp_path: Path) -> None:
    """Threads that want a model at the same time share one copy."""
    spec = f"huggingface:{make_model(tmp_path)}"
    with ThreadPoolExecutor(4) as threads:
        models = set(threads.map(lambda _: load_model(spec), range(4)))
    assert len(models) == 1


def test_a_model_that_does_not_fit_on_the_gpu_is_an_error_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the GPU's memory is too small, the error says so, and how to use the CPU."""
    import torch
    from transformers import PreTrainedModel

    def no_room(model: PreTrainedModel, device: str) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(PreTrainedModel, "to", no_room)
    with pytest.raises(ModelError, match="does not fit") as caught:
        load_model(f"huggingface:{make_model(tmp_path)}")
    assert "CUDA_VISIBLE_DEVICES" in caught.value.hint
