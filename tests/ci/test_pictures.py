import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pictures():
    spec = importlib.util.spec_from_file_location("pictures", ROOT / ".ci" / "pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_recorded_run_is_kept_without_the_settings_and_folders_of_its_machine(pictures, tmp_path):
    data = {"run": "r1", "question": "Why?", "made_with": {"settings": {"index": "/home/me/kd"}}}
    started = {"name": "started", "seconds": 0.0, "data": data}
    kept = {"kept": "abc", "said": {"text": "/home/me/kd/a.pdf"}}
    journal = tmp_path / "r1.jsonl"
    journal.write_text("".join(f"{json.dumps(line)}\n" for line in (started, kept)))
    (line,) = pictures.events_alone(journal).splitlines()
    assert json.loads(line)["data"] == {"run": "r1", "question": "Why?"}


def test_the_terminal_s_picture_shows_the_recorded_run_and_loads_nothing(pictures):
    drawn = pictures.terminal(*pictures.read(ROOT / pictures.JOURNAL))
    assert "References" in drawn
    assert "@font-face" not in drawn
    assert "url(http" not in drawn


@pytest.mark.parametrize("name", ["terminal.svg", "trace-page.png"])
def test_the_pictures_are_small(pictures, name):
    assert (ROOT / "docs" / name).stat().st_size < pictures.MOST_BYTES
