"""Turn off the progress bars, log lines and telemetry of Hugging Face's libraries."""

from __future__ import annotations

import logging
import os


def quiet_models() -> None:
    """Configure them; call it before ``sentence_transformers`` or ``transformers`` is first imported."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # avoids a warning and deadlocks
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    for library in ("huggingface_hub", "transformers", "sentence_transformers"):
        logging.getLogger(library).setLevel(logging.ERROR)


def set_hub_offline() -> None:
    """Use only models that are on this machine.  Call it before any model is loaded."""
    os.environ["HF_HUB_OFFLINE"] = "1"
