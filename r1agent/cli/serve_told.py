"""What `r1agent serve` says: the choice and its sums, and how the server is reached."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from r1agent.serving import Fit
    from r1agent.serving.running import RunningServer
    from r1agent.serving.vllm_server import VllmServer
    from r1agent.settings import Settings

_WIDTH = 9
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - told apart, not listened at


def tell_choice(fit: Fit) -> None:
    """Print on stderr what is served, and the sums behind it."""
    from rich.text import Text

    from r1agent.cli.screen import notes
    from r1agent.report.hanging import Hanging
    from r1agent.report.printable import one_line

    first, *others = map(one_line, fit.arithmetic)
    if not fit.is_local:
        others.append("the weights are not on this machine: vLLM fetches them from the hub")
    lines = [
        Hanging("", Text(first, style="bold")),
        *(Hanging("  ", Text(line)) for line in others),
    ]
    notes().print(*lines, sep="\n")


def tell_ready(
    server: VllmServer,
    record: RunningServer,
    settings: Settings,
    host: str,
    *,
    json: bool,
    quiet: bool,
) -> None:
    """Print the address on stdout, and on stderr how to use it; the key is printed nowhere."""
    from r1agent.cli.screen import notes, show_json
    from r1agent.serving.running import file_of

    if json:
        told = {"base_url": record.base_url, "model": record.model_name, "pid": record.pid}
        show_json(told | {"key_file": file_of(record), "log": server.log_path})
    else:
        typer.echo(record.base_url)
    sys.stdout.flush()  # whoever reads it waits for it, and the server goes on
    if quiet:
        return
    notes().print(
        _row("Ready", f"{record.model_name}, {record.about}, at {record.base_url}"),
        _row("Use", _use(settings)),
        _row("Key", f"for other programs: `api_key` in {str(file_of(record))!r}, for you alone"),
        *_open_to_others(host),
        _row("Log", str(server.log_path)),
        _row("Stop", "Ctrl-C"),
        sep="\n",
    )


def _use(settings: Settings) -> str:
    if settings.base_url is not None:
        return "leave `base_url` out of your settings, which wins: then `r1agent ask` finds it"
    if settings.engine == "embedded":
        return 'set `engine` to "auto": then `r1agent ask` finds it'
    return "`r1agent ask`, `chat` and `batch` on this machine find it by themselves"


def _open_to_others(host: str) -> list[RenderableType]:
    if host in _EVERYWHERE:
        return [_row("Open to", "everybody in this network who has the key; it is sent in clear")]
    return []


def _row(name: str, text: str) -> RenderableType:
    from rich.text import Text

    from r1agent.report.hanging import Hanging
    from r1agent.report.printable import one_line

    return Hanging(f"{name:<{_WIDTH}}", Text(one_line(text)), style="dim")
