"""The options that the tasks of `r1agent eval` share, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from r1agent.cli import options
from r1agent.cli.session import settings_from
from r1agent.cli.with_options import with_options

if TYPE_CHECKING:
    from r1agent.evaluate.how import How
    from r1agent.evaluate.task import Ablation
    from r1agent.report.watching.view import RunView
    from r1agent.settings import Settings

_MOST_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalGiven:
    """What the user gave to an evaluation, whatever its task."""

    model: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Model at the server, or embedded; again for others."),
    ] = None
    base_url: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="OpenAI-compatible server; again for others."),
    ] = None
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Report: .html, .md or .json."),
    ] = None
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Put only so many of the examples, drawn by `--seed`."
        ),
    ] = None
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of the drawn examples.")] = 0
    repeats: Annotated[
        int, typer.Option(min=1, metavar="N", help="Times each example is put to each system.")
    ] = 1
    temperature: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=2,
            metavar="T",
            help="Default: the settings', as the model is used; 0 says the same twice.",
            show_default=False,
        ),
    ] = None
    workers: Annotated[
        str, typer.Option(metavar="N", help="Examples at once; `auto`: what the server bears.")
    ] = "auto"
    redo: Annotated[
        bool, typer.Option("--redo", metavar="", help="Ask all anew instead of going on.")
    ] = False
    json: options.Json = False
    config: options.Config = None
    quiet: options.Quiet = False
    plain: options.Plain = False

    def how(self) -> How:
        """Return which examples are asked, how often, and what is tried."""
        from r1agent.evaluate.how import How

        return How(
            self.limit,
            self.seed,
            self.repeats,
            self.left_out(),
            baseline=self.baseline,
            at_once=self._at_once(),
            redo=self.redo,
        )

    def settings(self, index: Path | None = None, **named: str | None) -> Settings:
        """Load the settings of one model.

        Args:
            index: The only index that is used: tasks that are about papers bring their own.
            named: `model` and `base_url`; None leaves them to the settings file.
        """
        settings = settings_from(self.config, temperature=self.temperature, **named)
        return settings.model_copy(update={"index": index})

    def each(self, index: Path | None = None) -> list[Settings]:
        """Return the settings of each model that is named, in the order of the options."""
        return [self.settings(index, **one) for one in self._combinations()]

    def left_out(self) -> tuple[Ablation, ...]:
        """Return the parts of the loop that are left out one at a time."""
        return ()

    @property
    def baseline(self) -> bool:
        """Whether something plain is tried too."""
        return True

    @property
    def names_models(self) -> bool:
        """Whether a model or a server is named."""
        return bool(self.model or self.base_url)

    def view(self) -> RunView:
        """Return what shows a run on stderr."""
        from r1agent.cli.screen import notes
        from r1agent.report.watching.view import open_view

        return open_view(notes(plain=self.plain), quiet=self.quiet, plain=self.plain)

    def _combinations(self) -> list[dict[str, str | None]]:
        models: list[str | None] = [*(self.model or [])] or [None]
        urls: list[str | None] = [*(self.base_url or [])] or [None]
        count = max(len(models), len(urls))
        if {len(models), len(urls)} - {1, count}:
            raise typer.BadParameter(
                f"There are {len(models)} of `--model` and {len(urls)} of `--base-url`. Give as "
                "many of one as of the other, which pair up in order, or one of either."
            )
        models = models * count if len(models) == 1 else models
        urls = urls * count if len(urls) == 1 else urls
        pairs = zip(models, urls, strict=True)
        return [{"model": model, "base_url": url} for model, url in pairs]

    def _at_once(self) -> int | None:
        if self.workers == "auto":
            return None
        text = self.workers
        if text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_AT_ONCE:
            return int(text)
        raise typer.BadParameter(
            f"`--workers` is {text!r}; wanted `auto` or a number from 1 to {_MOST_AT_ONCE}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainGiven(EvalGiven):
    """What the user gave to an evaluation that has something plain to compare with."""

    no_baseline: Annotated[
        bool, typer.Option("--no-baseline", metavar="", help="Nothing plain beside it.")
    ] = False

    @property
    def baseline(self) -> bool:
        """Whether something plain is tried too."""
        return not self.no_baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopGiven(PlainGiven):
    """What the user gave to an evaluation of the loop, or of a search with a reranker."""

    without: Annotated[
        str | None,
        typer.Option(
            metavar="PARTS",
            help="Also without each of these: `planner,gate,tools,rerank,verify`.",
        ),
    ] = None

    def left_out(self) -> tuple[Ablation, ...]:
        """Return the parts that are left out one at a time."""
        from r1agent.evaluate.task import Ablation

        known = get_args(Ablation)
        given = [part.strip() for part in (self.without or "").split(",") if part.strip()]
        for part in given:
            if part not in known:
                raise typer.BadParameter(
                    f"`--without` names {part!r}; wanted some of {','.join(known)}."
                )
        return tuple(cast("Ablation", part) for part in dict.fromkeys(given))


with_eval_given = with_options(EvalGiven)
"""Gives a command the options of `EvalGiven`, which it takes as its argument `given`."""
with_plain_given = with_options(PlainGiven)
with_loop_given = with_options(LoopGiven)
