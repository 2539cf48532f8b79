"""A language model in this process.  One of the homes of transformers and torch.

It is loaded from a folder, or by name from the hub's cache or the hub.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from queue import Empty
from typing import TYPE_CHECKING, Any

from ingest.embedding.hardware import best_device
from ingest.embedding.quiet_models import quiet_models
from ingest.errors import ContextTooSmall, ModelError
from rag.llm.chat_model import Ending, Finish, Message
from rag.llm.errors import WITHOUT_MODEL, first_line
from rag.llm.stoppable import HEARTBEAT_SECONDS

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

MAX_NEW_TOKENS = 600
LONGEST_CONTEXT = 32_768  # tokens; more would only be slow
UNKNOWN_CONTEXT = 2_048
MIN_NEW_TOKENS = 64


class LocalModel:
    """A causal language model of transformers; answers one question at a time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tokenizer, self._model = _load(name)
        self._busy = threading.Lock()

    @property
    def context_tokens(self) -> int:
        """The model's own limit, at most ``LONGEST_CONTEXT``."""
        config = self._model.config.get_text_config()
        length = getattr(config, "max_position_embeddings", None) or UNKNOWN_CONTEXT
        return min(int(length), LONGEST_CONTEXT)

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, Ending]:
        """The reply in pieces; closing the generator stops the model after its current token.

        Pieces are empty while another question is answered, and while this one is read.
        """
        while not self._busy.acquire(timeout=HEARTBEAT_SECONDS):
            yield ""
        run = self._begin(messages)
        try:
            yield from run.pieces()
        finally:
            run.stop()
        if run.error is not None:
            raise ModelError(
                f"{self._name} failed: {run.error}", f"Try a smaller model. {WITHOUT_MODEL}"
            ) from run.error
        return run.ending()

    def _begin(self, messages: Sequence[Message]) -> _Run:
        """Start the reply; when it ends, ``_busy`` is released."""
        try:
            inputs = self._encode(messages)
            n_prompt = int(inputs["input_ids"].shape[1])
            room = min(MAX_NEW_TOKENS, self.context_tokens - n_prompt)
            if room < MIN_NEW_TOKENS:
                raise ContextTooSmall(
                    f"{self._name} can read {self.context_tokens:,} tokens; the question has {n_prompt:,}.",
                    f"Use a model with a longer context. {WITHOUT_MODEL}",
                )
            return _Run(self._model, self._tokenizer, inputs, room, self._busy)
        except BaseException:
            self._busy.release()
            raise

    def _encode(self, messages: Sequence[Message]) -> Any:
        """Token ids on the model's device, by the chat template or, without one, as plain text."""
        tokenizer = self._tokenizer
        if tokenizer.chat_template is None:
            text = "\n\n".join(text for _, text in messages) + "\n\nAnswer:"
            return tokenizer(text, return_tensors="pt").to(self._model.device)
        return self._by_template(messages).to(self._model.device)

    def _by_template(self, messages: Sequence[Message]) -> Any:
        from jinja2 import TemplateError

        def render(turns: list[dict[str, str]]) -> Any:
            return self._tokenizer.apply_chat_template(
                turns, add_generation_prompt=True, return_tensors="pt", return_dict=True
            )

        try:
            return render([{"role": role, "content": text} for role, text in messages])
        except TemplateError:  # some templates (Gemma's) have no system role
            merged = "\n\n".join(text for _, text in messages)
            return render([{"role": "user", "content": merged}])


class _Run:
    """One generation in a separate thread, so that its text can be read while it is generated.

    The thread releases ``busy`` when it ends, so that stopping it does not wait for the current token,
    which can take seconds while a long prompt is read.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        inputs: Any,
        room: int,
        busy: threading.Lock,
    ) -> None:
        from transformers import StoppingCriteriaList, TextIteratorStreamer

        self.n_tokens = 0
        self.error: Exception | None = None
        self._n_prompt = int(inputs["input_ids"].shape[1])
        self._room = room
        self._busy = busy
        self._stopped = False
        self._streamer = TextIteratorStreamer(
            tokenizer,
            skip_prompt=True,
            timeout=HEARTBEAT_SECONDS,
            skip_special_tokens=True,
        )
        options = {
            "max_new_tokens": room,
            "do_sample": False,
            "streamer": self._streamer,
            "stopping_criteria": StoppingCriteriaList([self._after_token]),
            "pad_token_id": tokenizer.pad_token_id or tokenizer.eos_token_id,
        }
        threading.Thread(
            target=self._generate, args=(model.generate, inputs, options), daemon=True
        ).start()

    def pieces(self) -> Generator[str]:
        while True:
            try:
                yield next(self._streamer)
            except Empty:
                yield ""
            except StopIteration:
                return

    def stop(self) -> None:
        self._stopped = True

    def ending(self) -> Ending:
        finish: Finish = "length" if self.n_tokens >= self._room else "stop"
        return Ending(finish, self._n_prompt, self.n_tokens)

    def _generate(self, generate: Callable[..., Any], inputs: Any, options: dict[str, Any]) -> None:
        try:
            generate(**inputs, **options)
        except Exception as error:
            self.error = error
            self._streamer.end()  # type: ignore[no-untyped-call]
        finally:
            self._busy.release()

    def _after_token(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        import torch

        self.n_tokens += 1
        return torch.full((input_ids.shape[0],), self._stopped, device=input_ids.device)


def _load(name: str) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    quiet_models()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device, dtype = best_device()
    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        model = AutoModelForCausalLM.from_pretrained(name, dtype=dtype)
        return tokenizer, model.to(device)  # type: ignore[arg-type]
    except torch.OutOfMemoryError as error:
        raise ModelError(
            f"The model {name!r} does not fit into the memory of the GPU.",
            f"Use a smaller model, or hide the GPU: set CUDA_VISIBLE_DEVICES to nothing. {WITHOUT_MODEL}",
        ) from error
    except Exception as error:  # damaged files raise errors of many types
        raise ModelError(
            f"The model {name!r} cannot be loaded: {first_line(error)}",
            f"Check its name; without a network, give a folder that holds it. {WITHOUT_MODEL}",
        ) from error
