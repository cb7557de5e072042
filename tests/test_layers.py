"""The layers of the three packages hold."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(
    importlib.util.find_spec("importlinter") is None, reason="import-linter is not installed"
)
def test_the_contracts_of_import_linter_hold():
    code = (
        f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'tools'), str(ROOT / 'indexes')]!r}; "
        "from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert " 0 broken." in done.stdout
