"""Models run on the best device, in a number type that the hardware supports."""

from __future__ import annotations

import pytest
import torch

from ingest.embedding.hardware import best_device


@pytest.mark.parametrize(("has_it", "dtype"), [(True, torch.bfloat16), (False, torch.float16)])
def test_a_gpu_is_used_if_there_is_one(
    monkeypatch: pytest.MonkeyPatch, has_it: bool, dtype: torch.dtype
) -> None:
    """In bfloat16 if the GPU supports it natively, else in float16."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: has_it)
    assert best_device() == ("cuda", dtype)


@pytest.mark.parametrize(("has_it", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_the_cpu_is_used_if_there_is_no_gpu(
    monkeypatch: pytest.MonkeyPatch, has_it: bool, dtype: torch.dtype
) -> None:
    """In bfloat16 only if the CPU supports it natively: emulation would be slower than float32."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has_it, raising=False)
    assert best_device() == ("cpu", dtype)
