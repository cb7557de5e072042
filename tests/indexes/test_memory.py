import platform

import psutil
import pytest

from r1agent_indexes.memory import give_back

MB = 1 << 20


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has malloc_trim")
def test_freed_memory_below_a_block_in_use_is_given_back():
    me = psutil.Process()
    held = [bytearray(50_000) for _ in range(4000)]
    last = held[-1]
    full = me.memory_info().rss
    del held
    give_back()
    assert last
    assert me.memory_info().rss < full - 150 * MB
