"""Papers that orders are hidden in."""

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.hidden_orders.hosts import read_hosts
from r1agent.evaluate.hidden_orders.poisoned import find_quote
from r1agent.safety.orders import find_orders
from tests.agent.evaluate.own.made_corpus import TRAM


def test_each_example_text_holds_its_answer_and_no_order():
    hosts = read_hosts(None)
    assert len(hosts) == 4
    for host in hosts:
        assert find_quote(host.text, host.quote)
        assert find_orders(host.text) == ()


def test_a_paper_of_a_folder_is_asked_about_by_rule(tmp_path):
    (tmp_path / "trams.md").write_text(f"# Trams\n\n{TRAM}\n", encoding="utf-8")
    (host,) = read_hosts(tmp_path)
    assert (host.name, host.title) == ("trams", "Trams")
    assert find_quote(host.text, host.quote)
    assert host.question.endswith("?")
    assert TRAM.split(". ")[2] in " ".join(host.text.split())


def test_a_folder_without_sentences_to_ask_about_is_refused(tmp_path):
    (tmp_path / "note.md").write_text("# Note\n\nA short note.\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="No question could be made"):
        read_hosts(tmp_path)
