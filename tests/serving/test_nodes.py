import json
import stat
import sys
from pathlib import Path

import pytest

from r1agent.errors import ModelServerError
from r1agent.serving.nodes import Node, require_nodes


def answering(folder: Path, text: str, code: int = 0) -> Path:
    """A Python that prints `text` to whatever it is asked."""
    python = folder / "python"
    python.write_text(f"#!{sys.executable}\nprint({text!r})\nraise SystemExit({code})\n")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return python


def told(folder: Path, **answer: object) -> Path:
    return answering(folder, "a line of Ray's own\n" + json.dumps(answer))


def test_machines_with_enough_cards_suffice(tmp_path):
    python = told(tmp_path, nodes=[["10.0.0.1", 8.0], ["10.0.0.2", 8.0], ["10.0.0.3", 0]])
    found = require_nodes(python, nodes=2, cards=8)
    assert found == [Node("10.0.0.1", 8), Node("10.0.0.2", 8), Node("10.0.0.3", 0)]


def test_too_few_machines_are_listed(tmp_path):
    python = told(tmp_path, nodes=[["10.0.0.1", 8.0], ["10.0.0.2", 4.0]])
    with pytest.raises(ModelServerError) as caught:
        require_nodes(python, nodes=2, cards=8)
    assert "has 2 machines (cards: 10.0.0.1 with 8, 10.0.0.2 with 4)" in str(caught.value)
    assert "`ray start --address=HEAD:6379`" in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ({"no_ray": "No module named 'ray'"}, "-m pip install 'ray[cgraph]'`"),
        ({"no_cluster": "none"}, "Run `ray start --head --port=6379` here"),
        ({"vllm": "0.32.0"}, "does not answer (it prints something else)"),
    ],
)
def test_what_is_missing_is_told_with_what_to_do(answer, wanted, tmp_path):
    with pytest.raises(ModelServerError) as caught:
        require_nodes(told(tmp_path, **answer), nodes=2, cards=8)
    assert wanted in str(caught.value)


def test_a_python_that_fails_is_told(tmp_path):
    with pytest.raises(ModelServerError, match=r"does not answer \(exit code 3\)"):
        require_nodes(answering(tmp_path, "", 3), nodes=2, cards=8)
    with pytest.raises(ModelServerError, match="does not answer"):
        require_nodes(tmp_path / "none", nodes=2, cards=8)
