import io

from rich.console import Console

from r1agent.models.progress import PullProgress
from r1agent.report.watching.download import DownloadView


def test_without_a_terminal_it_prints_a_line_now_and_then():
    console = Console(file=io.StringIO(), width=100)
    with DownloadView(console, plain=False) as view:
        for done in range(0, 1_000_000_000, 1_000_000):
            view.update(PullProgress("m", "downloading", done=done, total=1_000_000_000))
        view.update(PullProgress("m", "done", done=10**9, total=10**9, seconds=9.0))
    assert console.file.getvalue() == "m: downloading\nm: done, 1,000 of 1,000 MB in 9 s\n"


def test_on_a_terminal_it_draws_a_bar():
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
    with DownloadView(console, plain=False) as view:
        view.update(PullProgress("[red]m", "downloading", done=5 * 10**8, total=10**9))
    assert "[red]m: downloading" in console.file.getvalue()
    assert "0.5/1.0 GB" in console.file.getvalue()
