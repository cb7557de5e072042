"""One structured summary a paper, each sentence with a quote of that very paper."""

from r1agent.summaries.aspects import Aspect, aspects_of
from r1agent.summaries.chosen import PaperToSummarize, SummaryError, missing_from, papers_of
from r1agent.summaries.summary import items_of, report_of, summarize, waiting

__all__ = [
    "Aspect",
    "PaperToSummarize",
    "SummaryError",
    "aspects_of",
    "items_of",
    "missing_from",
    "papers_of",
    "report_of",
    "summarize",
    "waiting",
]
