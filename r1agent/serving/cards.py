"""The graphics cards of this machine, as their driver describes them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast

from r1agent.errors import DriverError


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card."""

    index: int
    """Its number at the driver, which counts by place on the bus, as `nvidia-smi` does."""
    name: str
    total_bytes: int
    free_bytes: int
    compute_capability: tuple[int, int]
    """(8, 0) is Ampere, (8, 9) Ada, (9, 0) Hopper, (10, 0) Blackwell."""


class Nvml(Protocol):
    """What is used of the module `pynvml`."""

    NVMLError: type[Exception]

    def nvmlInit(self) -> None: ...  # noqa: D102, N802
    def nvmlShutdown(self) -> None: ...  # noqa: D102, N802
    def nvmlDeviceGetCount(self) -> int: ...  # noqa: D102, N802
    def nvmlDeviceGetHandleByIndex(self, index: int) -> Any: ...  # noqa: D102, N802
    def nvmlDeviceGetName(self, handle: Any) -> str: ...  # noqa: D102, N802
    def nvmlDeviceGetUUID(self, handle: Any) -> str: ...  # noqa: D102, N802
    def nvmlDeviceGetMemoryInfo(self, handle: Any) -> Any: ...  # noqa: D102, N802
    def nvmlDeviceGetCudaComputeCapability(self, handle: Any) -> tuple[int, int]: ...  # noqa: D102, N802


def find_cards(
    nvml: Nvml | None = None, *, environment: Mapping[str, str] | None = None
) -> list[Card]:
    """Return the cards that programs started here may use; none without driver or card.

    Args:
        nvml: The driver's library; None loads NVIDIA's.
        environment: Where `CUDA_VISIBLE_DEVICES` is looked up; None is this process's own.

    Raises:
        DriverError: There is a driver, but it does not answer.
    """
    library = nvml or _installed()
    visible = (os.environ if environment is None else environment).get("CUDA_VISIBLE_DEVICES")
    try:
        with _started(library) as is_there:
            if not is_there:
                return []
            handles = [
                library.nvmlDeviceGetHandleByIndex(index)
                for index in range(library.nvmlDeviceGetCount())
            ]
            uuids = [library.nvmlDeviceGetUUID(handle) for handle in handles]
            return [_card(library, index, handles[index]) for index in _chosen(visible, uuids)]
    except library.NVMLError as error:
        raise DriverError(_explain(error)) from error


# NVML's numbers for: its library is not found, and the kernel's driver is not loaded.
_NOT_THERE = {9, 12}
_NOT_SUPPORTED = 3
_VERSION_MISMATCH = 18


def _installed() -> Nvml:
    import pynvml

    return cast(Nvml, pynvml)


@contextmanager
def _started(library: Nvml) -> Iterator[bool]:
    """Start the library and stop it at the end; False where there is no driver."""
    try:
        library.nvmlInit()
    except library.NVMLError as error:
        if _number(error) not in _NOT_THERE:
            raise
        yield False
        return
    try:
        yield True
    finally:
        library.nvmlShutdown()


def _chosen(visible: str | None, uuids: list[str]) -> list[int]:
    """Return the indices that `CUDA_VISIBLE_DEVICES` lets through, in its order.

    As CUDA reads it: the first entry that names no card ends the list.
    """
    if visible is None:
        return list(range(len(uuids)))
    chosen: list[int] = []
    for entry in visible.split(","):
        index = _index(entry.strip(), uuids)
        if index is None:
            break
        if index not in chosen:
            chosen.append(index)
    return chosen


def _index(entry: str, uuids: list[str]) -> int | None:
    if entry.isdecimal():
        return int(entry) if int(entry) < len(uuids) else None
    matching = [index for index, uuid in enumerate(uuids) if entry and uuid.startswith(entry)]
    return matching[0] if len(matching) == 1 else None


def _card(library: Nvml, index: int, handle: Any) -> Card:
    total, free = _memory(library, handle)
    major, minor = library.nvmlDeviceGetCudaComputeCapability(handle)
    return Card(index, library.nvmlDeviceGetName(handle), total, free, (major, minor))


def _memory(library: Nvml, handle: Any) -> tuple[int, int]:
    """Return total and free bytes; of the machine, where the card shares the machine's."""
    try:
        memory = library.nvmlDeviceGetMemoryInfo(handle)
    except library.NVMLError as error:
        if _number(error) != _NOT_SUPPORTED:
            raise
        import psutil

        machine = psutil.virtual_memory()
        return machine.total, machine.available
    return int(memory.total), int(memory.free)


def _number(error: Exception) -> int | None:
    value = getattr(error, "value", None)
    return value if isinstance(value, int) else None


def _explain(error: Exception) -> str:
    found = f"The driver of the graphics cards does not answer: {error}."
    if _number(error) == _VERSION_MISMATCH:
        return (
            f"{found} Its library and its kernel module are of different versions, as after an "
            "update: restart the machine, or load the module again."
        )
    return f"{found} `nvidia-smi` must work first; `CUDA_VISIBLE_DEVICES=` hides the cards."
