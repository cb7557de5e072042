"""Say in one line why vLLM cannot run on this machine: `no_vllm.py REQUIREMENT`; nothing if it can.

What is there for this machine is for pip to say, which knows its tags. Where the index has no
wheel for any other machine either, or cannot be asked, that is a failure and no reason.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement

KNOWN = ("--platform", "manylinux_2_28_x86_64", "--python-version", "3.12")
"""A machine that has had a wheel of every release."""
CPUINFO = Path("/proc/cpuinfo")


def main() -> int:
    """Print the reason; return 1 where there is none to be found out."""
    wanted = Requirement(sys.argv[1])
    here = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    if platform.machine() == "x86_64" and CPUINFO.exists() and "avx2" not in words(CPUINFO):
        sys.stdout.write("its wheel needs a processor with AVX2, which this one lacks\n")
    elif not has_wheel(wanted):
        if not has_wheel(wanted, *KNOWN):
            sys.stderr.write(
                f"error: The package index names no wheel of {str(wanted)!r} at all, so it is not "
                "known whether there is one for this machine. Check the network and pip's index.\n"
            )
            return 1
        sys.stdout.write(f"there is no wheel of {wanted} for {here}\n")
    return 0


def has_wheel(wanted: Requirement, *machine: str) -> bool:
    """Ask pip whether a wheel fits a machine, by default this one."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "index", "versions"]
    asked = subprocess.run(  # noqa: S603 - a fixed command
        [*command, "--json", "--only-binary", ":all:", *machine, wanted.name],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if asked.returncode:
        return False
    return any(wanted.specifier.filter(json.loads(asked.stdout)["versions"]))


def words(path: Path) -> set[str]:
    """Return the words of a file."""
    return set(path.read_text(encoding="utf-8", errors="replace").split())


if __name__ == "__main__":
    sys.exit(main())
