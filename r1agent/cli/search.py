"""`r1agent search`: the passages nearest to a query, without a language model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from r1agent.cli import options
from r1agent.cli.session import open_index, settings_from

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from rich.console import RenderableType

    from r1agent.report.watching.view import RunView
    from r1agent_indexes import PaperIndex


def search(
    query: Annotated[str, typer.Argument(help="Words or a sentence to look for.")],
    index: options.Index = None,
    k: Annotated[
        int, typer.Option("-k", min=1, max=1000, metavar="N", help="How many passages.")
    ] = 8,
    year: options.Year = None,
    author: options.Author = None,
    file: options.File = None,
    tag: options.Tag = None,
    embedding_model: options.EmbeddingModel = None,
    embedding_url: options.EmbeddingUrl = None,
    reranker: options.Reranker = None,
    reranker_url: options.RerankerUrl = None,
    config: options.Config = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    plain: options.Plain = False,
) -> None:
    """Print the passages nearest to a query, with paper and page."""
    from r1agent.cli.ending import say
    from r1agent.cli.screen import notes, show, show_json
    from r1agent.cli.within import filter_from, left_out
    from r1agent.report.watching.view import open_view

    where = filter_from(year=year, author=author, file=file, tag=tag)
    with open_view(notes(plain=plain), quiet=quiet, plain=plain, transient=True) as view:
        view.loading("Opening the index", None)
        from r1agent.index_models import reranker_of  # takes a second

        settings = settings_from(
            config,
            index=index,
            embedding_model=embedding_model,
            embedding_url=embedding_url,
            reranker=reranker,
            reranker_url=reranker_url,
        )
        with open_index(settings) as papers:
            if papers.papers(where):  # raises where none fits, before seconds of loading
                _load_model(papers, view)
            view.loading("Searching", None)
            order = reranker_of(settings, papers.embeddings)
            found = papers.search(query, k=k, where=where, reranker=order)
            without = left_out(papers, where)
    if without and not quiet:
        say(without)
    if json:
        show_json([_passage_data(document) for document in found])
        return
    if not found:
        say("No passage fits.")
    show(*_passage_lines(found))


def _load_model(papers: PaperIndex, view: RunView) -> None:
    """Load the embedding model apart, since a search itself takes no time beside it."""
    from r1agent_indexes import SentenceEmbeddings

    if isinstance(papers.embeddings, SentenceEmbeddings):
        view.loading("Loading the embedding model", None)
        papers.embeddings.load()


def _passage_data(document: Document) -> dict[str, Any]:
    return {"id": document.id, "text": document.page_content, **document.metadata}


def _passage_lines(found: list[Document]) -> Iterator[RenderableType]:
    from rich.text import Text

    from r1agent.report.hanging import Hanging
    from r1agent.report.printable import one_line

    for number, document in enumerate(found, 1):
        mark = f"{number} "
        yield Hanging(mark, _heading(document), style="bold cyan")
        yield Hanging(" " * len(mark), Text(one_line(document.page_content)))
        if number < len(found):
            yield Text()


def _heading(document: Document) -> Any:
    from rich.text import Text

    from r1agent.report.printable import one_line

    about = document.metadata
    place = [one_line(str(about["file"])), f"p. {about['page']}"]
    if about.get("section"):
        place.append(one_line(str(about["section"])))
    heading = Text(one_line(str(about["title"])), style="bold")
    heading.append(f"  {', '.join(place)}, score {about['score']:.3f}", style="not bold dim")
    return heading
