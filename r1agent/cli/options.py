"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file instead of `r1agent.toml`."),
]
Index = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="Folder of the index."),
]
Json = Annotated[bool, typer.Option("--json", metavar="", help="Print JSON on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="No progress on stderr.")]
Plain = Annotated[bool, typer.Option("--plain", metavar="", help="Plain lines, without colours.")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base-url", metavar="URL", help="OpenAI-compatible server; commas for several."),
]
Model = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="Model at the server, or embedded weights."),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="What answers without `--base-url`: `auto`, `vllm`, `embedded`.",
    ),
]
EmbeddingModel = Annotated[
    str | None,
    typer.Option("--embedding-model", metavar="NAME", help="A sentence-transformers model."),
]
EmbeddingUrl = Annotated[
    str | None,
    typer.Option("--embedding-url", metavar="URL", help="Server that embeds, such as vLLM."),
]
UnsafePython = Annotated[
    bool | None,
    typer.Option("--unsafe-python", metavar="", help="Run Python where it cannot be confined."),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help='Folder that programs may read, as `os.environ["DATA"]`, and not change.',
    ),
]
MaxCalls = Annotated[
    int | None, typer.Option("--max-calls", metavar="N", help="Tool calls a run may make.")
]
Deadline = Annotated[
    float | None,
    typer.Option("--deadline", metavar="SECONDS", help="Answer with what is there by then."),
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", metavar="", help="Ask the model anew what it was asked before."),
]
Entailment = Annotated[
    str | None,
    typer.Option(
        "--entailment",
        metavar="HOW",
        help="What judges whether quotes carry a sentence: `auto`, `nli`, `model`, `floors`.",
    ),
]
NliModel = Annotated[
    str | None,
    typer.Option("--nli-model", metavar="NAME", help="The cross-encoder of `--entailment nli`."),
]
RunsDir = Annotated[
    Path | None, typer.Option("--runs-dir", metavar="DIR", help="Where runs are recorded.")
]
Ray = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="ADDRESS",
        help="Answer on this Ray cluster: `auto`, `HOST:6379`, `ray://HOST:10001`.",
    ),
]
Reranker = Annotated[
    str | None,
    typer.Option(
        "--reranker",
        metavar="MODEL",
        help="Order passages anew: `late` (a second a search, no weights), or a cross-encoder.",
    ),
]
RerankerUrl = Annotated[
    str | None,
    typer.Option("--reranker-url", metavar="URL", help="Server that orders passages anew."),
]
Year = Annotated[
    str | None,
    typer.Option(
        "--year", metavar="YEARS", help="Papers of `2020`, `2019-2021`, `2019-`, `-2021`."
    ),
]
Author = Annotated[
    list[str] | None,
    typer.Option("--author", metavar="NAME", help="Papers by this one; again for others."),
]
File = Annotated[
    list[str] | None,
    typer.Option("--file", metavar="GLOB", help="Files of this name or pattern; again for others."),
]
Tag = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="Papers with this key word; again for others."),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="`markdown`, `obsidian`, `html`, `docx`, `json`, `bibtex` or `csl-json`; by default "
        "as FILE ends.",
    ),
]
Style = Annotated[
    str | None,
    typer.Option(
        "--style",
        metavar="STYLE",
        help="CSL style of the bibliography: `apa`, `ieee`, `nature` …, or a `.csl` file.",
    ),
]
OutFile = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Write here instead of to stdout."),
]
