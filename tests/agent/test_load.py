import time
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from r1agent.checks.blind_judge import BlindJudge
from r1agent.errors import ArgumentError, ModelServerError, SettingsError
from r1agent.load import load_assistant, load_judge, load_sandbox
from r1agent.settings import Settings
from r1agent.testing import HashEmbeddings
from r1agent_indexes import PaperFilter, PaperIndex, load_embeddings
from r1agent_indexes.errors import EmbeddingModelError, PaperNotFoundError
from r1agent_tools import DockerSandbox, ExternalSandbox, LocalSandbox, RemoteSandbox
from tests.agent.cli.scripted_server import MATHEMATICS, scripted_server
from tests.models.model_servers import http_server, send


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, LocalSandbox),
        ({"unsafe_python": True}, LocalSandbox),
        ({"sandbox": "external"}, ExternalSandbox),
        ({"sandbox": "remote", "sandbox_url": "https://sandbox.example"}, RemoteSandbox),
    ],
)
def test_the_sandbox_that_is_set_is_taken(settings, kind):
    assert type(load_sandbox(Settings(**settings))) is kind


def test_image_and_runtime_reach_the_container():
    settings = Settings(sandbox="docker", sandbox_image="image:1", sandbox_runtime="runsc")
    sandbox = load_sandbox(settings)
    assert isinstance(sandbox, DockerSandbox)
    assert {"--runtime=runsc", "image:1"} <= set(sandbox.command("name"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sandbox": "remote"}, "no service is named. Set `sandbox_url`"),
        ({"sandbox": "remote", "sandbox_url": "http://sandbox.example"}, "Use `https`"),
        ({"sandbox": "docker", "unsafe_python": True}, "only the local sandbox can run without"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings, message):
    with pytest.raises(SettingsError) as caught:
        load_sandbox(Settings(**settings))
    assert message in str(caught.value)


def test_auto_takes_an_nli_model_that_is_here_and_else_the_floors(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert load_judge(Settings()) is None
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    judge = load_judge(Settings(nli_model=str(tmp_path)))
    assert judge.method == f"NLI model {tmp_path.name}"


def test_the_chat_model_judges_only_where_that_is_set():
    assert isinstance(load_judge(Settings(entailment="model")), BlindJudge)


def test_floors_stay_floors_where_an_nli_model_is_here(tmp_path):
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert load_judge(Settings(entailment="floors", nli_model=str(tmp_path))) is None


@pytest.mark.parametrize("settings", [{"entailment": "nli"}, {"nli_model": "somebody/some-nli"}])
def test_an_nli_model_that_is_not_here_is_refused_with_what_to_do(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(SettingsError, match="is not on this machine"):
        load_judge(Settings(**settings))


def test_an_index_that_is_open_is_used_and_stays_open(papers_index, sandbox):
    with scripted_server(MATHEMATICS) as address:
        settings = Settings(base_url=address)
        with load_assistant(settings, index=papers_index) as assistant:
            assert {tool.name for tool in assistant.tools} >= {"search_papers", "read_page"}
        assert len(papers_index.papers()) == 8
        with pytest.raises(PaperNotFoundError):
            load_assistant(settings, index=papers_index, where=PaperFilter(years=(1900, 1901)))
        assert len(papers_index.papers()) == 8


def test_the_embedding_model_is_loaded_and_told_before_the_first_question(tmp_path):
    heard: list[str] = []
    settings = made_index(tmp_path, load_embeddings())
    with (
        scripted_server(MATHEMATICS) as address,
        load_assistant(
            settings.model_copy(update={"base_url": address}),
            on_progress=lambda text, fraction: heard.append(text),
        ),
    ):
        assert "loading the embedding model" in heard


def test_an_embedding_model_that_cannot_be_loaded_is_told_before_the_first_question(tmp_path):
    gone = tmp_path / "gone"
    settings = made_index(tmp_path, NamedHashEmbeddings(str(gone)))
    with scripted_server(MATHEMATICS) as address, pytest.raises(EmbeddingModelError, match="gone"):
        load_assistant(
            settings.model_copy(update={"base_url": address, "embedding_model": str(gone)})
        )


def test_a_missing_engine_is_told_before_the_embedding_model_is_loaded(tmp_path):
    gone = tmp_path / "gone"
    settings = made_index(tmp_path, NamedHashEmbeddings(str(gone)))
    missing = {"engine": "embedded", "model": "gone.gguf", "embedding_model": str(gone)}
    with pytest.raises(ModelServerError, match=r"no model file 'gone.gguf'"):
        load_assistant(settings.model_copy(update=missing))


def test_a_server_that_is_told_late_to_serve_nothing_is_told_first_too(tmp_path):
    def serves_nothing(request):
        time.sleep(0.3)
        send(request, {"object": "list", "data": []})

    gone = tmp_path / "gone"
    settings = made_index(tmp_path, NamedHashEmbeddings(str(gone)))
    with http_server(serves_nothing) as address, pytest.raises(ModelServerError, match="its list"):
        load_assistant(
            settings.model_copy(update={"base_url": f"{address}/v1", "embedding_model": str(gone)})
        )


class NamedHashEmbeddings(HashEmbeddings):
    """Stand-ins under the name of a model that is not there any more."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.model_name = name


def made_index(folder: Path, embeddings: Embeddings) -> Settings:
    """Make an index without papers, and return the settings that name it."""
    PaperIndex.open(folder / "index", embeddings=embeddings, create=True).close()
    return Settings(index=folder / "index")


@pytest.mark.parametrize("wrong", [{"settings": "indexes/kd"}, {"index": "indexes/kd"}])
def test_a_path_in_the_place_of_an_index_is_told_where_it_goes(wrong):
    with pytest.raises(ArgumentError) as caught:
        load_assistant(**wrong)
    assert "load_assistant(load_settings(index='indexes/kd'))" in str(caught.value)
