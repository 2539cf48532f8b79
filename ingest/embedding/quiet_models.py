"""Keep the libraries of Hugging Face quiet, off the network, and from telling anybody what is loaded."""

from __future__ import annotations

import logging
import os


def quiet_models() -> None:
    """To be called before ``sentence_transformers`` or ``transformers`` is first imported."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # quiet, and safe beside threads
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    for library in ("huggingface_hub", "transformers", "sentence_transformers"):
        logging.getLogger(library).setLevel(logging.ERROR)


def set_hub_offline() -> None:
    """Have models only as they lie on this machine.  To be called before they are first loaded."""
    os.environ["HF_HUB_OFFLINE"] = "1"
