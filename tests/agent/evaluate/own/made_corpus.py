"""Small papers made by hand, as a corpus."""

from langchain_core.documents import Document

from r1agent.evaluate.planted.corpus import Corpus

REED = (
    "The reed of the lake retained 61 % of the nitrate in the summer. "
    "The phosphate of the drains was retained by the stems of dormant plants. "
    "The roots of the bed reached a depth of 70 centimetres in the mud."
)
TRAM = (
    "The trams on the grassed track were 3.6 decibels quieter than the trams on asphalt. "
    "The squeal of the wheels in a curve did not change with the grass of the track. "
    "The gain of the grass was smaller at a speed of 50 kilometres per hour."
)
TEA = "低温干燥使绿茶的芳樟醇含量提高了18%，能耗高出14%。低温干燥的绿茶需要更多时间，芳樟醇含量稳定，能耗上升。"  # noqa: E501, RUF001


def corpus_of(**texts: str) -> Corpus:
    """Make a corpus of papers of one page and one passage each."""
    corpus = Corpus({}, {})
    for name, text in texts.items():
        page = Document(text, metadata={"page": 1})
        span = {
            "page": 1,
            "page_label": "1",
            "start": 0,
            "end": len(text),
            "file": f"{name}.md",
            "section": None,
        }
        about = {"title": name.title(), "authors": ["Ada Miller"], "year": 2024}
        corpus.add(name, [page], [Document(text, metadata=span)], about)
    return corpus
