"""Set the example papers as PDFs: `python examples/papers/make_papers.py [OUT]`."""

from __future__ import annotations

import sys
from pathlib import Path

from page_layout import set_paper
from paper_source import read_paper

HERE = Path(__file__).parent


def main() -> int:
    """Write one PDF for each source file and say what was written."""
    if len(sys.argv) > 2 or any(argument.startswith("-") for argument in sys.argv[1:]):
        sys.stderr.write("usage: python examples/papers/make_papers.py [OUT]\n")
        return 2
    out = Path(sys.argv[1]) if len(sys.argv) == 2 else HERE / "pdf"
    try:
        out.mkdir(parents=True, exist_ok=True)
        written = make_papers(out)
    except OSError as error:
        sys.stderr.write(f"Cannot write the papers: {error}. Name another folder.\n")
        return 1
    total = len(source_files())
    sys.stdout.write(
        f"Example papers in {out}: {len(written)} written, {total - len(written)} up to date.\n"
    )
    return 0


def make_papers(out: Path) -> list[Path]:
    """Set every source as a PDF in `out`; return those whose bytes were not there already."""
    written = []
    for source in source_files():
        pdf = out / f"{source.stem}.pdf"
        # Setting all papers takes about a second and gives the same bytes each time, so comparing
        # bytes is cheaper to trust than comparing times, which a fresh checkout makes meaningless.
        content = set_paper(read_paper(source))
        if pdf.is_file() and pdf.read_bytes() == content:
            continue
        partial = pdf.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(pdf)
        written.append(pdf)
    return written


def source_files() -> list[Path]:
    """List the source texts of the example papers, in order."""
    return sorted((HERE / "source").glob("*.md"))


if __name__ == "__main__":
    sys.exit(main())
