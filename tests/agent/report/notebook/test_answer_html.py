from html.parser import HTMLParser

from r1agent.report.notebook.answer_html import answer_to_html
from tests.agent.report.answers import ANSWER, DOUBTED, FAILED, HOSTILE, NOT_FOUND, REFUSED


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []
        self.seen = set()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.add(tag)
        self.seen.update(name for name, _ in attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tags_of(html):
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    return tags.seen


def test_an_answer_folds_out():
    html = answer_to_html(ANSWER)
    assert "<details open><summary>References (1)</summary>" in html
    assert 'href="https://doi.org/10.1234/kd.2020"' in html


def test_hostile_text_adds_no_element_and_no_handler():
    assert tags_of(answer_to_html(HOSTILE)) <= tags_of(answer_to_html(ANSWER)) | {"href"}
    assert "<script" not in answer_to_html(HOSTILE)
    assert "\x1b" not in answer_to_html(HOSTILE)


def test_a_false_doi_makes_no_link():
    assert "href" not in answer_to_html(HOSTILE)


def test_outcomes_without_an_answer_have_colours_of_their_own():
    shown = [answer_to_html(one) for one in (NOT_FOUND, REFUSED, FAILED)]
    assert len({html.partition('style="color:')[2][:7] for html in shown}) == 3
    assert "Refused: The question asks for harm." in shown[1]


def test_doubts_and_the_best_quote_of_a_dropped_sentence_are_shown():
    html = answer_to_html(DOUBTED)
    assert "<i>(low confidence: it rests on one quote)</i>" in html
    assert "<small>kd.pdf, p. 3 (printed 17)</small>" in html
    tags_of(html)
