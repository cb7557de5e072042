"""Ctrl-C in a block that takes it: once, and again while the first is dealt with."""

import signal
import subprocess
import sys
import time

import pexpect
import pytest

from r1agent.cli.leaving import leaving_at_the_second
from tests.agent.cli.commands import environment

SLOW_TO_STOP = """
import time
from r1agent.cli.leaving import leaving_at_the_second

with leaving_at_the_second(plain={plain}):
    try:
        print("working", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        print("stopping", flush=True)
        time.sleep(60)
"""


def slow_to_stop(*, plain=False):
    code = SLOW_TO_STOP.format(plain=plain)
    return pexpect.spawn(
        sys.executable, ["-c", code], env=environment(), encoding="utf-8", timeout=60
    )


@pytest.mark.parametrize("plain", [False, True])
def test_the_second_leaves_at_once_with_the_cursor_as_it_was(plain):
    child = slow_to_stop(plain=plain)
    child.expect("working")
    child.sendintr()
    child.expect("stopping")
    began = time.monotonic()
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert time.monotonic() - began < 5
    assert child.exitstatus == 130
    assert "Traceback" not in child.before
    assert ("\x1b[?25h" in child.before) is not plain


def test_after_the_block_ctrl_c_is_what_it_was():
    with pytest.raises(KeyboardInterrupt), leaving_at_the_second():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_where_ctrl_c_is_ignored_it_stays_so():
    code = (
        "import signal\nfrom r1agent.cli.leaving import leaving_at_the_second\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "with leaving_at_the_second():\n    signal.raise_signal(signal.SIGINT)\nprint('went on')"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    assert done.stdout == "went on\n"
