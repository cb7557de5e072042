from pathlib import Path

import pytest

from r1agent.errors import SettingsError
from r1agent.settings import Settings, find_settings_file, load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_defaults_follow_the_r1_model_card():
    settings = load_settings()
    assert (settings.temperature, settings.top_p) == (0.6, 0.95)
    assert settings.base_url is None
    assert settings.unsafe_python is False


def test_an_argument_beats_the_environment_and_that_beats_the_file(folder, monkeypatch):
    (folder / "r1agent.toml").write_text("passages = 1\nmax_steps = 1\nmax_calls = 1\n")
    monkeypatch.setenv("R1AGENT_PASSAGES", "2")
    monkeypatch.setenv("R1AGENT_MAX_STEPS", "2")
    settings = load_settings(passages=3)
    assert (settings.passages, settings.max_steps, settings.max_calls) == (3, 2, 1)


def test_an_argument_of_none_counts_as_not_given(monkeypatch):
    monkeypatch.setenv("R1AGENT_MODEL", "r1")
    assert load_settings(model=None).model == "r1"


def test_the_file_is_found_in_a_parent_folder(folder, monkeypatch):
    (folder / "r1agent.toml").write_text('model = "r1"\n')
    (folder / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(folder / "a" / "b")
    assert load_settings().model == "r1"


def test_the_search_ends_at_the_home_folder(folder, monkeypatch):
    (folder / "r1agent.toml").write_text('model = "r1"\n')
    home = folder / "home"
    (home / "work").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    assert find_settings_file(home / "work") is None


def test_paths_in_the_file_start_from_its_folder(folder, monkeypatch):
    (folder / "r1agent.toml").write_text('index = "indexes/kd"\n')
    (folder / "deep").mkdir()
    monkeypatch.chdir(folder / "deep")
    assert load_settings().index == folder / "indexes" / "kd"


def test_a_tilde_is_the_home_folder(folder):
    assert load_settings(index=Path("~/kd")).index == folder / "kd"


def test_an_unknown_key_is_named_with_its_place_and_nearest_neighbour(folder):
    file = folder / "r1agent.toml"
    file.write_text('bse_url = "http://localhost/v1"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings()
    expected = f"Unknown setting `bse_url` in {str(file)!r}. Did you mean `base_url`?"
    assert str(caught.value) == expected


def test_an_unknown_variable_is_named_with_its_nearest_neighbour(monkeypatch):
    monkeypatch.setenv("R1AGENT_MODLE", "r1")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    expected = "Unknown setting `R1AGENT_MODLE` in the environment. Did you mean `R1AGENT_MODEL`?"
    assert str(caught.value) == expected


def test_a_key_like_no_other_lists_the_known_ones(folder):
    (folder / "r1agent.toml").write_text("zzzzzz = 1\n")
    with pytest.raises(SettingsError, match="Known settings: base_url, model"):
        load_settings()


def test_an_unknown_argument_is_refused():
    with pytest.raises(SettingsError, match="Did you mean `passages`"):
        load_settings(pasages=3)


def test_a_wrong_value_says_where_what_and_what_was_wanted(folder):
    file = folder / "r1agent.toml"
    file.write_text('unsafe_python = "maybe"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == (
        f"The setting `unsafe_python` in {str(file)!r} is 'maybe'; wanted `true` or `false`."
    )


def test_a_wrong_variable_is_named_as_one(monkeypatch):
    monkeypatch.setenv("R1AGENT_MAX_CALLS", "many")
    with pytest.raises(SettingsError, match="environment variable `R1AGENT_MAX_CALLS` is 'many'"):
        load_settings()


def test_an_address_without_scheme_is_refused():
    with pytest.raises(SettingsError, match="wanted an address such as"):
        load_settings(base_url="localhost:8000")


@pytest.mark.parametrize(
    "written", ['"http://a:8000/v1/, http://b:8000/v1"', '["http://a:8000/v1", "http://b:8000/v1"]']
)
def test_replicas_are_a_list_or_have_commas(folder, written):
    (folder / "r1agent.toml").write_text(f"base_url = {written}\n")
    assert load_settings().base_url == "http://a:8000/v1,http://b:8000/v1"


def test_every_address_of_several_needs_a_scheme(monkeypatch):
    monkeypatch.setenv("R1AGENT_BASE_URL", "http://a:8000/v1,b:8000/v1")
    with pytest.raises(SettingsError, match=r"`R1AGENT_BASE_URL` is .* wanted an address such as"):
        load_settings()


def test_a_wrong_secret_is_not_printed(folder):
    (folder / "r1agent.toml").write_text("api_key = 12345\n")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "12345" not in str(caught.value)


def test_a_secret_is_not_shown_by_the_settings():
    assert "hunter2" not in repr(load_settings(api_key="hunter2"))


def test_the_token_of_a_sandbox_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("R1AGENT_SANDBOX_TOKEN", "hunter2")
    settings = load_settings()
    assert settings.sandbox_token.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("name", ["sandbox_token", "embedding_key", "reranker_key"])
def test_such_a_secret_is_refused_in_a_file(folder, name):
    file = folder / "r1agent.toml"
    file.write_text(f'{name} = "hunter2"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert f"`{name}` is in {str(file)!r}" in str(caught.value)
    assert f"`R1AGENT_{name.upper()}`" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_sandbox_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(SettingsError, match=r"`sandbox` is 'dokcer'; wanted 'local', 'docker'"):
        load_settings(sandbox="dokcer")


def test_a_file_that_is_not_toml_is_named(folder):
    (folder / "r1agent.toml").write_text("model = r1\n")
    with pytest.raises(SettingsError, match="is not TOML"):
        load_settings()


def test_a_named_file_that_is_missing_is_an_error(folder):
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(folder / "none.toml")


def test_settings_cannot_be_changed():
    settings = Settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.model = "r1"


def test_the_python_with_vllm_starts_from_the_folder_of_the_file(folder):
    (folder / "r1agent.toml").write_text('vllm_python = ".venv-vllm/bin/python"\n')
    assert load_settings().vllm_python == folder / ".venv-vllm/bin/python"


def test_an_engine_that_is_none_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match="is 'vlm'; wanted 'auto', 'vllm' or 'embedded'"):
        load_settings(engine="vlm")


def test_the_settings_file_may_be_named_by_text(folder):
    (folder / "mine.toml").write_text('model = "mine"', encoding="utf-8")
    assert load_settings(str(folder / "mine.toml")).model == "mine"


def test_a_folder_is_no_settings_file_and_may_be_an_index(folder):
    with pytest.raises(SettingsError, match=r"wanted a settings file. An index is named with"):
        load_settings(folder)


def test_what_is_no_path_is_refused_in_a_persons_words():
    with pytest.raises(SettingsError, match=r"`index` is 5; wanted a path\."):
        load_settings(index=5)
