"""The process that runs a notebook: this interpreter, fresh, whatever kernels or start-up files the user's home holds.

Nothing is looked up and nothing is left behind: the kernel is described in memory, and its connection file, its
sockets and its IPython profile live in a folder that goes away with it.
"""

import asyncio
import contextvars
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import ensure_event_loop

from dedupelab.publish.notebooks.forked import Forks

T = TypeVar("T")

KERNEL = "python3"
LONGEST_SOCKET_PATH = 100
"""A Unix socket's path has at most 104 bytes on macOS and 108 on Linux."""
ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    # The debugger that ipykernel loads would otherwise print a notice about frozen modules.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""What makes two runs of one notebook alike."""


@contextmanager
def fresh_kernel(forks: Forks | None = None) -> Iterator[type[AsyncKernelManager]]:
    """Make a kernel manager class whose one kernel is the current interpreter, forked where `forks` is given.

    Messages travel over Unix sockets where the system has them: unlike TCP ports they are out of reach for the other
    users of the machine. The class, not an instance, is what nbclient and papermill take and clean up after.
    """
    with TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as folder:
        connection = Path(folder) / "k.json"
        sockets = os.name == "posix" and len(str(connection)) < LONGEST_SOCKET_PATH
        spec = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            # A profile of its own keeps the user's start-up files out and parallel kernels from sharing a history.
            env={**ENVIRONMENT, "IPYTHONDIR": folder},
        )

        class OneSpec(KernelSpecManager):
            def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
                del kernel_name
                return spec

        class FreshKernel(AsyncKernelManager):
            def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - passed through to a library's class
                super().__init__(
                    **settings,
                    kernel_spec_manager=OneSpec(),
                    connection_file=str(connection),
                    transport="ipc" if sockets else "tcp",
                )

            async def _async_launch_kernel(self, kernel_cmd: list[str], **settings: Any) -> None:  # noqa: ANN401
                local = self.provisioner
                if forks is None or not isinstance(local, LocalProvisioner):
                    await super()._async_launch_kernel(kernel_cmd, **settings)
                    return
                kernel = forks.kernel(str(connection), settings["env"], settings.get("cwd"))
                local.process = kernel  # type: ignore[assignment]  # asked for what Kernel has alone
                local.pid = local.pgid = kernel.pid

        yield FreshKernel


def forking(modules: Iterable[str]) -> AbstractContextManager[Forks | None]:
    """Return what forks kernels that have these imported; of None where it is not safe to fork a process with numeric libraries."""
    return Forks(sorted(modules), ENVIRONMENT) if sys.platform == "linux" else nullcontext()


def with_own_loop(work: Callable[[], T]) -> T:
    """Call `work`, which talks to kernels, and close the event loop that Jupyter leaves open in each thread it is used in.

    Where a loop is running already, as in a notebook, Jupyter keeps a thread of its own and nothing is to be closed.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return contextvars.Context().run(_closing_loop, work)
    return work()


def _closing_loop(work: Callable[[], T]) -> T:
    loop = ensure_event_loop()
    try:
        return work()
    finally:
        asyncio.set_event_loop(None)
        loop.close()
