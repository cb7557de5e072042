"""A chat switches papers and models while an engine of its own runs."""

import pytest

from r1agent.models import model_path
from tests.agent.cli.commands import run

WEIGHTS = model_path("smollm2-135m")


@pytest.mark.skipif(WEIGHTS is None, reason="no weights: run `r1agent models pull smollm2-135m`")
def test_the_old_model_answers_where_another_one_cannot_be_had(folder):
    (folder / "birds.md").write_text("# Of warblers\n\nA warbler weighs 9 grams.\n")
    run("index", "add", "birds.md", "--index", "birds", "-q")
    lines = ["/index birds", "/model nonsense", "/model", "What does a warbler weigh?", "/plan"]
    result = run(
        *("chat", "--engine", "embedded", "--model", str(WEIGHTS), "--deadline", "2"),
        input="".join(f"{line}\n" for line in lines),
    )
    assert result.exit_code == 0, result.output
    assert "Searching 1 paper from now on." in result.stderr
    assert "error: No model is called 'nonsense'" in result.stderr
    assert result.stderr.count("Answering with SmolLM2") == 1
    assert "search_papers" in result.stdout
