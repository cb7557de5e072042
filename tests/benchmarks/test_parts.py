import json

import pytest
import results
from parts import Bench

BENCH = Bench("made", "A made bench", {"slow": ("m", "f"), "fast": ("m", "g")}, (), seed="0")


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "HERE", tmp_path)
    return tmp_path / "made.json"


def figures(file):
    return json.loads(file.read_text(encoding="utf-8"))


def test_a_part_measured_again_leaves_the_figures_and_the_date_of_others(file, monkeypatch):
    monkeypatch.setattr("parts.today", lambda: "2026-01-01")
    BENCH.keep("slow", {"slow_s": 9})
    BENCH.keep("fast", {"fast_s": 1})
    monkeypatch.setattr("parts.today", lambda: "2026-02-02")
    BENCH.keep("fast", {"fast_s": 2})
    found = figures(file)
    assert (found["slow_s"], found["fast_s"]) == (9, 2)
    assert found["dates"] == "slow 2026-01-01, fast 2026-02-02"


def test_what_was_never_measured_is_said(file, capsys, monkeypatch):
    monkeypatch.setattr("parts.print_table", lambda *_: None)
    BENCH.keep("fast", {"fast_s": 1})
    BENCH.show()
    shown = capsys.readouterr().out
    assert "Not measured yet, so not in the file: slow." in shown
    assert "benchmarks/made.json" in shown


def test_a_share_of_a_measurement_leaves_the_file_as_it_is(file, monkeypatch, capsys):
    monkeypatch.setattr("parts.print_table", lambda *_: None)
    BENCH.keep("fast", {"fast_s": 1})
    before = file.read_bytes()
    assert BENCH.conclude({"fast_s": 7}, whole=False) == 0
    assert file.read_bytes() == before
    assert "stays as it is" in capsys.readouterr().out
