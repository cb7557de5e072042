import re
import tomllib

import pytest

from r1agent.settings import SECRETS, Settings, load_settings
from tests.agent.cli.commands import run

COMMENTED = re.compile(r"^# (?=[a-z_]+ = [^<])", re.MULTILINE)


def written(folder):
    return (folder / "r1agent.toml").read_text()


def test_every_setting_stands_in_the_file_and_no_secret(folder):
    assert run("init").exit_code == 0
    named = set(re.findall(r"^# ([a-z_]+) = ", written(folder), re.MULTILINE))
    assert named == set(Settings.model_fields) - set(SECRETS)


def test_what_the_file_calls_the_default_is_the_default(folder, monkeypatch):
    monkeypatch.delenv("R1AGENT_RUNS_DIR")
    monkeypatch.delenv("R1AGENT_CACHE_DIR")
    run("init")
    uncommented = COMMENTED.sub("", written(folder))
    assert len(tomllib.loads(uncommented)) > 25
    (folder / "all.toml").write_text(uncommented)
    assert load_settings(folder / "all.toml") == load_settings(folder / "r1agent.toml")
    assert load_settings(folder / "all.toml") == Settings()


def test_options_fill_in_values(folder):
    result = run(*"init --index idx --base-url http://127.0.0.1:8000/v1 --model r1".split())
    assert "`r1agent index add PAPERS --index idx`" in result.stderr
    settings = load_settings()
    assert settings.index == folder / "idx"
    assert (settings.base_url, settings.model) == ("http://127.0.0.1:8000/v1", "r1")


def test_a_value_that_is_wrong_is_refused(folder):
    result = run("init", "--base-url", "nowhere")
    assert result.exit_code == 2
    assert "`--base-url` is 'nowhere'; wanted an address" in result.stderr
    assert not (folder / "r1agent.toml").exists()


def test_a_file_that_is_there_is_kept_without_force(folder):
    (folder / "r1agent.toml").write_text("broken")
    result = run("init")
    assert result.exit_code == 1
    assert "`--force` writes over it" in result.stderr
    assert written(folder) == "broken"
    assert run("init", "--force").exit_code == 0
    assert written(folder).startswith("# Settings of r1agent.")


def test_it_can_be_printed_instead(folder):
    result = run("init", "--print", "--model", 'a"b')
    assert tomllib.loads(result.stdout) == {"model": 'a"b'}
    assert not (folder / "r1agent.toml").exists()


@pytest.mark.parametrize("line", ["# drafts = <a whole number from 1 to 8>", '# engine = "auto"'])
def test_what_a_setting_takes_is_said(line):
    assert line in run("init", "--print").stdout


def test_every_setting_says_what_it_is():
    lines = run("init", "--print").stdout.splitlines()
    settings = [n for n, line in enumerate(lines) if re.match(r"# [a-z_]+ = ", line)]
    assert settings
    assert [lines[n] for n in settings if not lines[n - 1].startswith("# ")] == []
