import json

from tests.agent.cli.commands import run


def test_known_models_are_listed():
    listed = json.loads(run("models", "list", "--json").stdout)
    assert {"smollm2-135m", "qwen2.5-coder-1.5b"} <= {model["name"] for model in listed}
    assert all(model["path"] is None for model in listed)
    assert "· qwen2.5-coder-1.5b" in run("models", "list").stdout


def test_weights_that_were_not_fetched_have_no_path():
    result = run("models", "path", "qwen2.5-coder-1.5b")
    assert result.exit_code == 1
    assert "r1agent models pull qwen2.5-coder-1.5b" in result.stderr


def test_an_unknown_model_is_named_with_its_neighbour():
    result = run("models", "pull", "qwen2.5-coder-2b")
    assert result.exit_code == 1
    assert "qwen2.5-coder-1.5b" in result.stderr
