"""Index the example papers and ask one question: `python examples/ask_papers.py [QUESTION]`.

`make demo` makes the PDFs; so does `python examples/papers/make_papers.py`. The model is the one
that the settings name, for example `--base-url http://127.0.0.1:8000/v1`, else the embedded one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from r1agent import PaperIndex, R1AgentError, load_assistant
from r1agent.settings import load_settings
from r1agent_indexes import PaperIndexError

QUESTION = "Which smoothing parameter of the teacher gave the largest gain at temperature 1?"


def main() -> None:
    """Bring the index up to date, ask, and print each sentence with its quotes."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("question", nargs="?", default=QUESTION)
    options.add_argument("--papers", default=Path(__file__).parent / "papers" / "pdf", type=Path)
    options.add_argument("--index", default=Path("indexes/examples"), type=Path)
    options.add_argument("--base-url")
    chosen = options.parse_args()

    with PaperIndex.open(chosen.index, create=True) as index:
        report = index.add([chosen.papers])
        print(f"{len(report.added)} papers added, {len(report.unchanged)} unchanged.")

    with load_assistant(load_settings(index=chosen.index, base_url=chosen.base_url)) as assistant:
        answer = assistant.ask(chosen.question)
    for claim in answer.claims:
        print(claim.text)
        for citation in claim.citations:
            quote = " ".join(citation.quote.split())
            print(f"  “{quote}” ({citation.file}, p. {citation.page})")
    if not answer.claims:
        print(answer.text)


if __name__ == "__main__":
    try:
        main()
    except (R1AgentError, PaperIndexError) as error:
        sys.exit(str(error))
