import json

import pytest
import quotes
from quotes import CorpusMissingError, count_quotes, require_corpus


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    """The texts of one page, in place of the corpus."""
    pages = {"a.pdf": ["The quick brown fox."]}
    (tmp_path / "pages.json").write_text(json.dumps(pages), encoding="utf-8")
    monkeypatch.setattr(quotes, "CORPUS", tmp_path)
    return tmp_path


def answer(*said, outcome="answered"):
    cited = [{"file": "a.pdf", "page": 1, "quote": quote} for quote in said]
    return {"id": "q1", "outcome": outcome, "citations": cited}


def test_quotes_that_are_not_on_their_page_are_counted_and_named(corpus, capsys):
    answers = [answer("quick brown", "slow fox"), answer(outcome="not_in_papers")]
    assert count_quotes(answers) == {
        "quotes_shown": 2,
        "quotes_wrong": 1,
        "quotes_questions": 2,
        "quotes_answered": 1,
    }
    assert "not on the page: q1 a.pdf p. 1: 'slow fox'" in capsys.readouterr().out


def test_a_corpus_that_is_not_whole_is_refused(corpus):
    with pytest.raises(CorpusMissingError, match=r"lacks papers, questions\.jsonl;"):
        require_corpus()
