"""The kernel that notebooks run on: this very interpreter, whatever kernels are installed."""

from __future__ import annotations

import os
from subprocess import DEVNULL
from typing import Any

import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager


class OwnKernel(AsyncKernelManager):
    """A kernel of the running interpreter; a kernelspec named python3 may belong to another."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        return KernelSpec(**get_kernel_dict())

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """Start it without its chatter, with figures as data, and unheard by other users."""
        options["env"] = {**os.environ, "PLOTLY_RENDERER": "plotly_mimetype"}
        self.transport_encryption = "auto" if zmq.has("curve") else "disabled"
        await self._async_start_kernel(stdout=DEVNULL, stderr=DEVNULL, **options)
