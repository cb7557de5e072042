"""`r1agent serve`: R1 on this machine's cards, by vLLM, until Ctrl-C."""

from __future__ import annotations

import signal
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.cards import cards_from
from r1agent.cli.serve_plan import Wanted, show_plan
from r1agent.cli.session import settings_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from r1agent.managed import Place
    from r1agent.report.watching.view import RunView
    from r1agent.serving import Fit
    from r1agent.serving.running import RunningServer
    from r1agent.serving.vllm_server import VllmServer
    from r1agent.settings import Settings

_LOOKS_EVERY = 0.5
_HALF_AN_HOUR = 1800.0
_A_DAY = 86_400.0
"""Seconds to wait for a server that has to fetch its weights first."""


def serve(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODEL",
            help="A name of `r1agent models list`, a folder of weights or a hub repository, by "
            "default the best that fits; after `--`, vLLM's own options.",
            show_default=False,
        ),
    ] = None,
    vllm_python: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="The Python of the environment that has vLLM."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=65535, help="By default a free one."),
    ] = None,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; others may not ask by default.")
    ] = "127.0.0.1",
    precision: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of the weights: `bf16`, `fp8`, `8bit`, `4bit`."),
    ] = None,
    context: Annotated[
        int | None, typer.Option(metavar="N", help="Tokens that prompt and reply share.")
    ] = None,
    reserve_gb: Annotated[
        float | None, typer.Option(metavar="GB", help="Of each card, left to other programs.")
    ] = None,
    nodes: Annotated[
        int, typer.Option(metavar="N", min=1, help="Machines of a Ray cluster to spread over.")
    ] = 1,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar="", help="Print the command and start nothing.")
    ] = False,
    cards: Annotated[
        str | None,
        typer.Option(metavar="2x80", help="With `--dry-run`: plan for such cards (number x GB)."),
    ] = None,
    config: options.Config = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    plain: options.Plain = False,
) -> None:
    """Serve R1 with vLLM on this machine; `ask`, `chat` and `batch` find it by themselves.

    Says which model fits the cards and why, waits until it answers, and runs until Ctrl-C.
    """
    model, extra = _split(arguments or [])
    if cards is not None and not dry_run:
        raise typer.BadParameter("`--cards` plans for other cards; use it with `--dry-run`.")
    pretended = cards_from(cards) if cards is not None else None
    settings = settings_from(
        config,
        model=model,
        vllm_python=vllm_python,
        precision=precision,
        context=context,
        gpu_reserve_gb=reserve_gb,
    )
    if settings.base_url is not None:  # then the setting `model` is a name at that server
        settings = settings.model_copy(update={"model": model})
    wanted = Wanted(host, port, nodes, extra)
    if dry_run:
        show_plan(settings, wanted, pretended, json=json, quiet=quiet)
        return
    _host(settings, wanted, json=json, quiet=quiet, plain=plain)


def _split(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Tell the model from vLLM's own options; all of them begin with a dash."""
    named = bool(arguments) and not arguments[0].startswith("-")
    model, extra = (arguments[0], arguments[1:]) if named else (None, arguments)
    if extra and not extra[0].startswith("-"):
        raise typer.BadParameter(
            f"One model at a time, and {extra[0]!r} is another. Options of vLLM come after `--`."
        )
    return model, list(extra)


def _host(settings: Settings, wanted: Wanted, *, json: bool, quiet: bool, plain: bool) -> None:
    """Start a server, say how it is reached, and wait for its end."""
    from r1agent.cli.ending import say
    from r1agent.cli.screen import notes
    from r1agent.cli.serve_told import tell_choice, tell_ready
    from r1agent.managed import choose, find_place
    from r1agent.report.watching.view import open_view
    from r1agent.serving.nodes import require_nodes
    from r1agent.serving.running import prepare

    prepare()  # a home folder that cannot be written to, is told before minutes of loading
    place = find_place(settings)
    fit = choose(settings, place.cards, nodes=wanted.nodes)
    if not quiet:
        tell_choice(fit)
    if wanted.nodes > 1:
        require_nodes(place.environment.python, nodes=wanted.nodes, cards=fit.tensor_parallel)
    view = open_view(notes(plain=plain), quiet=quiet, plain=plain, transient=True)
    server = _server(settings, place, fit, wanted, view)
    _end_as_by_ctrl_c()
    with closing(server):
        with view:
            view.loading("vLLM: starting", None)
            server.start()
        with _recorded(server) as record:
            try:
                tell_ready(server, record, settings, wanted.host, json=json, quiet=quiet)
                _await_end(server)
            except KeyboardInterrupt:
                say("Stopping vLLM …")
    say("Stopped.")


def _server(
    settings: Settings, place: Place, fit: Fit, wanted: Wanted, view: RunView
) -> VllmServer:
    from r1agent.serving.vllm_server import VllmServer

    return VllmServer(
        place.environment,
        fit,
        port=wanted.port,
        host=wanted.host,
        api_key=settings.api_key.get_secret_value() if settings.api_key else None,
        logs=settings.cache_dir / "logs",
        on_progress=lambda text, _seconds: view.loading(f"vLLM: {text}", None),
        timeout=_HALF_AN_HOUR if fit.is_local else _A_DAY,
        extra=wanted.extra,
    )


@contextmanager
def _recorded(server: VllmServer) -> Iterator[RunningServer]:
    """Let other commands find the server until the block is left."""
    from r1agent.managed import about, identity
    from r1agent.serving.running import forget, record

    assert server.pid is not None  # noqa: S101 - it runs
    running = record(
        server.base_url,
        api_key=server.api_key,
        model_name=server.model_name,
        pid=server.pid,
        about=about(server.fit, server.version),
        identity=identity(server.fit),
    )
    try:
        yield running
    finally:
        forget(running)


def _await_end(server: VllmServer) -> None:
    """Wait for Ctrl-C.

    Raises:
        ModelServerError: The server ended by itself.
    """
    from r1agent.errors import ModelServerError

    while server.wait(_LOOKS_EVERY) is None:
        continue
    raise ModelServerError(f"{server.crash()} Its log is {str(server.log_path)!r}.")


def _end_as_by_ctrl_c() -> None:
    """Stop cleanly too when a job is ended, or its terminal closed, unless `nohup` says not to."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
