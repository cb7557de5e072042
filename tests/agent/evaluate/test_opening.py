import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.opening import AssistantOpening, SettingsOpening
from r1agent.evaluate.progress import Unwatched
from r1agent.settings import Settings
from r1agent.testing import ScriptedChatModel
from tests.agent.cli.scripted_server import scripted_server


@pytest.fixture(scope="module")
def server():
    with scripted_server() as address:
        yield address


def settings(tmp_path, **more):
    return Settings(cache_dir=tmp_path / "cache", runs_dir=tmp_path / "runs", **more)


def test_requests_are_asked_anew_and_runs_recorded_beside_the_outputs(tmp_path, server):
    opening = SettingsOpening(settings(tmp_path, base_url=server, temperature=0))
    with opening.opened(None, tmp_path / "kept", Unwatched()) as opened:
        assert opened.assistant.model.cache is None
        assert opened.assistant.model.temperature == 0
        assert opened.assistant.runs_dir == tmp_path / "kept" / "runs"


def test_a_cache_that_is_asked_for_is_used(tmp_path, server):
    opening = SettingsOpening(settings(tmp_path, base_url=server, cache_requests=True))
    with opening.opened(None, tmp_path, Unwatched()) as opened:
        assert opened.assistant.model.cache is not None


def test_an_assistant_searches_the_papers_of_its_task(tmp_path, server):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "one.txt").write_text("Smoothing costs the student 0.6 points.")
    opening = SettingsOpening(settings(tmp_path, base_url=server))
    with opening.opened(tmp_path / "papers", tmp_path, Unwatched()) as opened:
        assert "search_papers" in [tool.name for tool in opened.assistant.tools]


def test_what_shapes_answers_is_told_apart_from_what_does_not(tmp_path, server):
    plain = SettingsOpening(settings(tmp_path, base_url=server))
    moved = SettingsOpening(settings(tmp_path, base_url=server, threads=2, max_retries=5))
    other = SettingsOpening(settings(tmp_path, base_url=server, drafts=2))
    assert plain.identity == moved.identity == {"temperature": 0.6}
    assert other.identity == {"temperature": 0.6, "drafts": 2}


def test_neither_key_nor_password_is_part_of_a_name(tmp_path):
    address = "https://me:secret@models.example:8000/v1"
    opening = SettingsOpening(settings(tmp_path, base_url=address, api_key="secret"))
    assert opening.place == "models.example:8000"
    assert "secret" not in str(opening.identity)


def test_an_open_assistant_can_be_measured_and_stays_open(tmp_path):
    closed = []
    model = ScriptedChatModel(replies=[])
    assistant = ResearchAssistant(model, [], on_close=lambda: closed.append(True))
    with AssistantOpening(assistant).opened(None, tmp_path, Unwatched()) as opened:
        assert opened.assistant is assistant
    assert not closed
