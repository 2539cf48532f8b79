"""Choose the device and the number type that models run with.

A GPU is used where torch finds one (``CUDA_VISIBLE_DEVICES=""`` hides it); otherwise the CPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def best_device() -> tuple[str, torch.dtype]:
    """The device's name for torch, and the fastest number type that is accurate enough on it.

    That is bfloat16 only if the hardware supports it natively: emulation would be slower.
    """
    import torch

    if torch.cuda.is_available():
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return "cuda", torch.bfloat16 if has_bfloat16 else torch.float16
    probe = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return "cpu", torch.bfloat16 if probe and probe() else torch.float32
