from html.parser import HTMLParser

import pytest
from hypothesis import given
from langchain_core.documents import Document
from markdown_it import MarkdownIt

from r1agent_indexes import PaperIndex
from r1agent_indexes.search.results import Passages
from tests.agent.report.hostile import telling

LONG = "The water table fell by 12 cm while the pump ran. " * 4
ABOUT = {
    "file": "sand.pdf",
    "title": "A Sand Tank",
    "authors": ["Ada Miller", "Bo Chen"],
    "year": 2020,
    "page": 3,
    "page_label": "17",
    "section": "Results",
    "score": 0.8333,
}
FOUND = Passages([Document(id="aa11:1", page_content=LONG, metadata=ABOUT)])


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, *(name for name, _ in attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tags_of(html):
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    return tags.seen


def test_a_search_gives_a_list_that_is_a_table_in_a_notebook(tmp_path, papers, embeddings):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        found = index.search("How far does the pump lower the water table?", k=2)
        assert found == list(found)
        assert "Groundwater in a Sand Tank" in found._repr_html_()
        assert (
            index.search("  ")._repr_html_() == '<p class="r1agent-passages">No passage fits.</p>'
        )


def test_a_row_says_paper_page_and_score_and_folds_the_passage():
    html = FOUND._repr_html_()
    assert "A Sand Tank<br><small>Ada Miller, Bo Chen (2020) · sand.pdf</small>" in html
    assert ">3 (printed 17)</td>" in html
    assert ">0.833</td>" in html
    assert f"<p>{LONG.strip()}</p></details>" in html


def test_markdown_folds_every_passage():
    text = FOUND._repr_markdown_()
    heading = "1. A Sand Tank, Ada Miller, Bo Chen (2020), sand.pdf, p. 3 (printed 17), score 0.833"
    assert text.startswith(f"<details><summary>{heading}</summary>\n\n> The water table fell")
    assert text.endswith("\n\n</details>\n")


@pytest.mark.parametrize("metadata", [{}, {"file": "x.pdf"}, {"authors": ["A"] * 9, "page": 1}])
def test_a_document_that_says_little_of_itself_is_shown(metadata):
    found = Passages([Document("Words.", metadata=metadata)])
    assert "Words." in found._repr_html_()
    assert "Words." in found._repr_markdown_()


@given(telling)
def test_hostile_text_adds_no_element(text):
    about = ABOUT | {"file": text, "title": text, "authors": [text], "section": f"Part {text}"}
    shown = Passages([Document(text + LONG, metadata=about)])
    assert tags_of(shown._repr_html_()) == tags_of(FOUND._repr_html_())
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(shown._repr_markdown_())
    assert [one.type for one in tokens] == [
        one.type
        for one in MarkdownIt("gfm-like", {"linkify": False}).parse(FOUND._repr_markdown_())
    ]
    inline = [child.type for one in tokens for child in one.children or ()]
    assert set(inline) <= {"text", "text_special"}
