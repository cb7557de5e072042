"""How long importing and `--help` take, ours and paper-qa's in turns, each in a fresh process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from results import ROOT, Figures

REPEATS = 7
HEAVY = ("torch", "faiss", "transformers", "openai", "langchain_openai")
"""What `import r1agent` must not load."""
PEER = ROOT / ".venv-paperqa" / "bin"


@dataclass(frozen=True, slots=True)
class Timing:
    """The median seconds of two commands that were run in turns."""

    ours: float
    peers: float

    @property
    def ratio(self) -> float:
        """Ours as a share of the peer's."""
        return self.ours / self.peers


def measure_import() -> Figures:
    """Time `import r1agent` beside `import paperqa`, and count the modules each loads."""
    ours, peers = _python("import r1agent"), _python("import paperqa", PEER / "python")
    timing = _in_turns(ours, peers)
    return {
        "import_s": round(timing.ours, 3),
        "import_s_paperqa": round(timing.peers, 3),
        "import_ratio_paperqa": round(timing.ratio, 4),
        "import_modules": _modules(ours),
        "import_modules_paperqa": _modules(peers),
        "import_heavy_modules": _heavy_modules(),
    }


def measure_help() -> Figures:
    """Time `r1agent --help` beside `pqa --help`, and count the lines each prints."""
    ours = [str(Path(sys.executable).with_name("r1agent")), "--help"]
    peers = [str(PEER / "pqa"), "--help"]
    timing = _in_turns(ours, peers)
    return {
        "help_s": round(timing.ours, 3),
        "help_s_paperqa": round(timing.peers, 3),
        "help_ratio_paperqa": round(timing.ratio, 4),
        "help_lines": len(_output(ours).splitlines()),
        "help_lines_paperqa": len(_output(peers).splitlines()),
    }


def peer_version() -> str:
    """Return the version of the peer that is measured beside us."""
    code = "from importlib.metadata import version; print(version('paper-qa'))"
    command = [str(PEER / "python"), "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.strip()


def _python(code: str, interpreter: Path = Path(sys.executable)) -> list[str]:
    return [str(interpreter), "-c", code]


def _in_turns(ours: list[str], peers: list[str]) -> Timing:
    """Run each once unmeasured, then both in turns, so that a busy moment hits both."""
    _seconds(ours), _seconds(peers)
    pairs = [(_seconds(ours), _seconds(peers)) for _ in range(REPEATS)]
    ours_median, peers_median = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Timing(ours_median, peers_median)


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    _output(command)
    return time.perf_counter() - began


def _output(command: list[str]) -> str:
    done = subprocess.run(  # noqa: S603 - fixed commands
        command, cwd=ROOT, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    return done.stdout


def _modules(command: list[str]) -> int:
    counted = [*command[:-1], f"{command[-1]}; import sys; print(len(sys.modules))"]
    return int(_output(counted).split()[-1])


def _heavy_modules() -> int:
    code = f"import r1agent, sys; print(sum(name in sys.modules for name in {HEAVY!r}))"
    return int(_output(_python(code)))
