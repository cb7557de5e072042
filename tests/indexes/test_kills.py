import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "benchmarks" / "index_kills.py"


def test_killed_builds_lose_nothing_double_nothing_and_the_next_one_ends():
    command = [sys.executable, str(BENCH), "--kills", "15", "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout[done.stdout.index("{") :])
    assert (found["kills"], found["kills_lost"]) == (15, 0), done.stdout
    assert found["kills_papers_kept"] > 15
