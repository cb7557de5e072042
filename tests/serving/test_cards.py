"""The cards are those the driver tells of and `CUDA_VISIBLE_DEVICES` lets through."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from r1agent.errors import DriverError
from r1agent.serving import Card, find_cards

GIB = 2**30


class FakeNvmlError(Exception):
    def __init__(self, value: int, text: str = "told by the driver") -> None:
        super().__init__(text)
        self.value = value


class FakeNvml:
    """A driver with cards of 24 and 80 GiB, or one that fails."""

    NVMLError = FakeNvmlError

    def __init__(self, *, start: int | None = None, memory: int | None = None) -> None:
        self.start, self.memory, self.stopped = start, memory, 0

    def nvmlInit(self) -> None:  # noqa: N802
        if self.start is not None:
            raise FakeNvmlError(self.start)

    def nvmlShutdown(self) -> None:  # noqa: N802
        self.stopped += 1

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        return index

    def nvmlDeviceGetName(self, handle: int) -> str:  # noqa: N802
        return ("NVIDIA GeForce RTX 3090", "NVIDIA H100 80GB HBM3")[handle]

    def nvmlDeviceGetUUID(self, handle: int) -> str:  # noqa: N802
        return ("GPU-11111111-aaaa", "GPU-22222222-bbbb")[handle]

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:  # noqa: N802
        if self.memory is not None:
            raise FakeNvmlError(self.memory)
        return SimpleNamespace(
            total=(24 * GIB, 80 * GIB)[handle], free=(20 * GIB, 79 * GIB)[handle]
        )

    def nvmlDeviceGetCudaComputeCapability(self, handle: int) -> tuple[int, int]:  # noqa: N802
        return ((8, 6), (9, 0))[handle]


SMALL = Card(0, "NVIDIA GeForce RTX 3090", 24 * GIB, 20 * GIB, (8, 6))
LARGE = Card(1, "NVIDIA H100 80GB HBM3", 80 * GIB, 79 * GIB, (9, 0))


def test_every_card_is_described():
    nvml = FakeNvml()
    assert find_cards(nvml, environment={}) == [SMALL, LARGE]
    assert nvml.stopped == 1


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        ("1", [LARGE]),
        ("1,0", [LARGE, SMALL]),
        (" 0 , 1 ", [SMALL, LARGE]),
        ("", []),
        ("-1", []),
        ("NoDevFiles", []),
        ("0,7,1", [SMALL]),
        ("1,1", [LARGE]),
        ("GPU-22222222-bbbb", [LARGE]),
        ("GPU-1", [SMALL]),
        ("GPU-", []),
    ],
)
def test_cuda_visible_devices_is_read_as_cuda_reads_it(visible, expected):
    assert find_cards(FakeNvml(), environment={"CUDA_VISIBLE_DEVICES": visible}) == expected


@pytest.mark.parametrize("number", [9, 12])
def test_without_a_driver_there_are_no_cards(number):
    assert find_cards(FakeNvml(start=number), environment={}) == []


def test_a_driver_of_two_versions_is_told_in_a_sentence():
    with pytest.raises(DriverError, match=r"different versions.*restart the machine"):
        find_cards(FakeNvml(start=18), environment={})


def test_a_driver_that_fails_later_is_told_and_the_library_stopped():
    nvml = FakeNvml(memory=999)
    with pytest.raises(DriverError, match=r"told by the driver.*`nvidia-smi` must work first"):
        find_cards(nvml, environment={})
    assert nvml.stopped == 1


def test_a_card_that_shares_the_memory_of_the_machine_has_what_is_free_there():
    card = find_cards(FakeNvml(memory=3), environment={})[0]
    assert 0 < card.free_bytes <= card.total_bytes


def test_the_library_that_is_installed_has_all_that_is_called():
    import pynvml

    assert {name for name in vars(FakeNvml) if name.startswith("nvml")} <= set(dir(pynvml))
    assert pynvml.NVMLError(pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH).value == 18
    assert pynvml.NVML_ERROR_LIBRARY_NOT_FOUND == 12
    assert pynvml.NVML_ERROR_DRIVER_NOT_LOADED == 9
    assert pynvml.NVML_ERROR_NOT_SUPPORTED == 3
