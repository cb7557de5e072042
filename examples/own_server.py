"""Ask a server of your own, then a chat model of your own: `python examples/own_server.py`.

Any OpenAI-compatible server will do: `--base-url http://127.0.0.1:8000/v1 --model NAME`. Without
one, this starts the embedded engine, which is such a server too.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI

from r1agent import (
    Answer,
    PaperIndex,
    R1AgentError,
    ResearchAssistant,
    load_assistant,
    load_settings,
)
from r1agent.models import EmbeddedServer, model_path
from r1agent_indexes import PaperIndexError
from r1agent_tools import search_papers_tool

QUESTION = "Which smoothing parameter of the teacher gave the largest gain at temperature 1?"
PAPERS = Path(__file__).parent / "papers" / "pdf"


@dataclass(frozen=True)
class Server:
    """Where a model is served, and under which name."""

    base_url: str
    model: str
    api_key: str


def main() -> None:
    """Ask the same question in both ways."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--base-url", help="such as http://127.0.0.1:8000/v1")
    options.add_argument("--model", default=os.environ.get("R1AGENT_MODEL", "qwen2.5-coder-1.5b"))
    options.add_argument("--index", default=Path("indexes/examples"), type=Path)
    chosen = options.parse_args()
    with (
        PaperIndex.open(chosen.index, create=True) as index,
        found_or_started(chosen.base_url, chosen.model) as server,
    ):
        index.add([PAPERS])
        show("your server", by_settings(server, index))
        model = ChatOpenAI(base_url=server.base_url, model=server.model, api_key=server.api_key)
        show("your chat model", by_chat_model(model, index))


def by_settings(server: Server, index: PaperIndex) -> Answer:
    """Name the server in the settings; `load_assistant` puts everything together around it."""
    settings = load_settings(base_url=server.base_url, model=server.model, api_key=server.api_key)
    with load_assistant(settings, index=index) as assistant:
        return assistant.ask(QUESTION)


def by_chat_model(model: BaseChatModel, index: PaperIndex) -> Answer:
    """Choose the parts yourself: any LangChain chat model, and the tools that it may call."""
    tools = [search_papers_tool(index.as_retriever(k=4))]
    return ResearchAssistant(model, tools, embeddings=index.embeddings).ask(QUESTION)


@contextmanager
def found_or_started(base_url: str | None, model: str) -> Iterator[Server]:
    """Give the server that was named, or start one that ends with the block."""
    if base_url:
        yield Server(base_url, model, os.environ.get("R1AGENT_API_KEY", "none"))
        return
    weights = model_path(model)
    if weights is None:
        sys.exit(f"No weights of {model!r}. Run `r1agent models pull {model}`.")
    with EmbeddedServer(weights, threads=load_settings().threads) as started:
        yield Server(started.base_url, started.model_name, started.api_key)


def show(who: str, answer: Answer) -> None:
    """Print who answered, what, and what it cost."""
    tokens = sum(used.completion_tokens for used in answer.audit.usage.values())
    print(f"{who}, {answer.audit.model}, {tokens} tokens written: {answer.text}")


if __name__ == "__main__":
    try:
        main()
    except (R1AgentError, PaperIndexError) as error:
        sys.exit(str(error))
