"""Translate errors of language models into messages for the user.

Providers name the same error differently: it is recognised by LangChain's classes, HTTP statuses and
names of exceptions.  A provider's own message is quoted only for unknown errors, shortened and without
anything that could be a key.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from ingest.errors import ContextTooSmall, ModelError, ModelUnreachable
from rag.llm.chat_model import Finish

WITHOUT_MODEL = "Or answer without a model: `--llm extractive`."
MAX_WAIT_SECONDS = 20.0  # between two attempts; if a server asks for more, it is an error


@dataclass(frozen=True, slots=True)
class KnownError:
    """A kind of error: how it is recognised, the message for the user, and whether to retry.

    ``message`` and ``hint`` may contain ``{spec}``, ``{address}``, ``{key}`` and ``{said}``.
    """

    statuses: tuple[int, ...]
    names: tuple[str, ...]
    message: str
    hint: str
    error: type[ModelError] = ModelError
    worth_retrying: bool = False


_CONTEXT = KnownError(
    (413,),
    ("ContextOverflowError",),
    "The evidence is longer than what {spec} can read at once.",
    "Use a model with a longer context, or start its server with one.",
    error=ContextTooSmall,
)
_QUOTA = KnownError(
    (402,),
    (),
    "The account behind {spec} has no credit left.",
    "Check the plan and billing of the account.",
    error=ModelUnreachable,
)
_OTHER = KnownError((), (), "{spec} failed: {said}", "Try again, or use another model.")
_KNOWN_ERRORS = (
    KnownError(
        (401, 403),
        ("ModelAuthenticationError", "ModelPermissionDeniedError", "AuthenticationError"),
        "{address} refused the key for {spec}.",
        "Check {key} in the environment or in .env.",
        error=ModelUnreachable,
    ),
    KnownError(
        (404,),
        ("ModelNotFoundError", "NotFoundError"),
        "{address} does not have the model {spec}.",
        "Check its name (`askpapers models`; for Ollama, `ollama pull` it first), and that the "
        "address ends as the server expects it (often in /v1).",
    ),
    KnownError(
        (429,),
        ("ModelRateLimitError", "RateLimitError", "ResourceExhausted"),
        "{address} accepts no more requests for now: its rate limit has been reached.",
        "Wait a little and ask again.",
        error=ModelUnreachable,
        worth_retrying=True,
    ),
    KnownError(
        (408, 504),
        ("ModelTimeoutError", "APITimeoutError", "TimeoutException", "TimeoutError"),
        "{address} did not answer in time.",
        "Ask again; a model that runs on a CPU may need a longer ASKPAPERS_LLM_TIMEOUT.",
        error=ModelUnreachable,
    ),
    KnownError(
        (500, 502, 503, 529),
        ("ModelAPIError", "InternalServerError"),
        "The server of {spec} at {address} reports an internal error.",
        "Ask again in a minute; its log has the details.",
        error=ModelUnreachable,
        worth_retrying=True,
    ),
    KnownError(
        (),
        (
            "ModelConnectionError",
            "APIConnectionError",
            "TransportError",
            "ConnectionError",
            "ConnectError",
        ),
        "There is no connection to {address}.",
        "Is the server running, and is the address right?",
        error=ModelUnreachable,
        worth_retrying=True,
    ),
)

_SAYS_CONTEXT = re.compile(
    r"context[ _-]?(?:length|window|size)|maximum context|prompt is too long|too many tokens|n_ctx"
    r"|exceeds? the (?:available )?context",
    re.IGNORECASE,
)
_SAYS_QUOTA = re.compile(r"insufficient_quota|credit balance|billing", re.IGNORECASE)
_LIKE_A_KEY = re.compile(
    r"(?i:\b(?:sk|pk|key|gsk|hf|bearer|api)[-_ ][\w*.-]{6,})|\b(?=\w*\d)(?=\w*[A-Za-z])[\w*-]{20,}"
)


def classify(error: BaseException) -> KnownError:
    """The kind of an error that a provider's package raised."""
    names = {cls.__name__ for cls in type(error).__mro__}
    status = status_of(error)
    said = str(error)
    if (
        names.intersection(_CONTEXT.names)
        or status in _CONTEXT.statuses
        or _is_about_context(said, status)
    ):
        return _CONTEXT
    if status in _QUOTA.statuses or (status in (400, 403, 429) and _SAYS_QUOTA.search(said)):
        return _QUOTA
    by_status = (t for t in _KNOWN_ERRORS if status in t.statuses)
    by_name = (t for t in _KNOWN_ERRORS if names.intersection(t.names))
    return next(by_status, None) or next(by_name, _OTHER)


def status_of(error: BaseException) -> int | None:
    """The HTTP status that ``error`` carries, if it carries one."""
    response = getattr(error, "response", None)
    for value in (getattr(error, "status_code", None), getattr(response, "status_code", None)):
        if isinstance(value, int) and value > 0:
            return value
    code = getattr(error, "code", None)
    return code if isinstance(code, int) else None


def retry_after_seconds(error: BaseException) -> float | None:
    """The seconds that the server asks to wait; None if it does not, or not in numbers."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    said = str(headers.get("retry-after", ""))
    return float(said) if re.fullmatch(r"\d{1,6}(\.\d+)?", said) else None


def explain(
    error: BaseException, spec: str, address: str, key: str, secrets: Iterable[str]
) -> ModelError:
    """Translate ``error``: what happened, what to do, and how to answer without a model."""
    known = classify(error)
    said = redact(str(error) or type(error).__name__, secrets)
    words = {"spec": spec, "address": address, "key": key or "its key", "said": said}
    hint = known.hint.format(**words)
    wait = retry_after_seconds(error) or 0
    if wait > MAX_WAIT_SECONDS:
        hint = f"Ask again in {math.ceil(wait / 60)} min: its server asks for that wait."
    hint = f"{hint} {WITHOUT_MODEL}"
    return known.error(known.message.format(**words), hint)


def empty_answer(spec: str, finish: Finish, has_thoughts: bool) -> ModelError:
    """The error for a reply without an answer, by how it ended and whether it had only thoughts."""
    if finish == "filtered":
        return ModelError(
            f"{spec} gave an empty answer: its provider's filter withheld it.",
            f"Ask in other words, or use another model. {WITHOUT_MODEL}",
        )
    if finish == "tools":
        return ModelError(
            f"{spec} gave an empty answer: it called a tool, and there is none here.",
            f"Use another model, or turn tools off on its server. {WITHOUT_MODEL}",
        )
    if has_thoughts:
        return ModelError(
            f"{spec} gave an empty answer: it wrote only its thoughts.",
            f"Turn its thinking off, or give it room for more tokens. {WITHOUT_MODEL}",
        )
    if finish == "length":
        return ModelError(
            f"{spec} gave an empty answer: it reached its length limit first.",
            f"Turn its thinking off, or give it room for more tokens. {WITHOUT_MODEL}",
        )
    return ModelError(f"{spec} gave an empty answer.", f"Ask again. {WITHOUT_MODEL}")


def first_line(error: BaseException) -> str:
    """The first line of ``error``'s message, or its type if it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def hint_without_fallback(error: ModelError) -> str:
    """The hint of ``error`` without the advice to answer without a model."""
    return error.hint.removesuffix(WITHOUT_MODEL).strip()


def redact(said: str, secrets: Iterable[str]) -> str:
    """A provider's message as one short line, without what is or looks like a key."""
    forms = {form for secret in secrets for form in (secret, repr(secret)[1:-1], quote(secret, ""))}
    for form in sorted(forms, key=len, reverse=True):
        said = said.replace(form, "***")
    return " ".join(_LIKE_A_KEY.sub("***", said).split())[:300]


def _is_about_context(said: str, status: int | None) -> bool:
    return status in (None, 400, 422, 500) and bool(_SAYS_CONTEXT.search(said))
