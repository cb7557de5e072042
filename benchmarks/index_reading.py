"""Reading: damaged PDFs through `PaperIndex.add`, page labels, chunks that start inside a word.

`python benchmarks/index_reading.py` runs it alone; `--fuzzed N` damages fewer files.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from fuzzed_pdfs import fuzzed_pdfs
from langchain_core.documents import Document
from quotes import CORPUS, CorpusMissingError
from results import ROOT, Figures

ODD = ROOT.parent / "shared" / "data" / "pdfs_odd"
FUZZED = 1000
SEED = 0
_BATCH = 50
_SECONDS = 20.0
"""A file may take these on average; a batch that takes longer hangs."""
_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[^\W_{_CJK}]")
_SPLIT_WORD = re.compile(rf"[^\W\d_{_CJK}][-\u2010\u2011]\n?$")


def main() -> int:
    """Measure and print the figures, or do the part of one child process."""
    parser = argparse.ArgumentParser(description=__doc__, prog="index_reading.py")
    parser.add_argument("--fuzzed", type=int, default=FUZZED)
    parser.add_argument("--add", nargs="+", help="index and files: what the child process runs")
    arguments = parser.parse_args()
    if arguments.add:
        _add(*arguments.add)
        return 0
    print(json.dumps(measure(fuzzed=arguments.fuzzed), indent=1))
    return 0


def measure(*, fuzzed: int = FUZZED) -> Figures:
    """Return how many damaged PDFs were read and what went wrong with them and with whole ones.

    Raises:
        CorpusMissingError: The papers are not there.
    """
    papers = sorted((CORPUS / "papers").glob("*.pdf"))
    odd = sorted(ODD.glob("*.pdf"))
    if not papers or not odd:
        raise CorpusMissingError(
            f"There are no PDFs in {str(CORPUS / 'papers')!r} or {str(ODD)!r}; reading cannot be "
            "measured without them. Put them there, or measure the other parts with `--parts`."
        )
    examples = sorted((ROOT / "examples" / "papers" / "pdf").glob("*.pdf"))
    figures = _fuzz([*examples, *odd, *papers], odd, fuzzed)
    return figures | _whole(papers)


def _fuzz(sources: Sequence[Path], odd: Sequence[Path], count: int) -> Figures:
    """Add damaged and odd PDFs to an index; a file must end up in it, or listed with a reason."""
    with tempfile.TemporaryDirectory() as folder:
        files = [path.resolve() for path in odd]  # an index knows files by where they really are
        for name, data in fuzzed_pdfs(sources, count, seed=SEED):
            files.append(Path(folder).resolve() / name)
            files[-1].write_bytes(data)
        outcomes: dict[str, str] = {}
        for start in range(0, len(files), _BATCH):
            outcomes |= _outcomes(Path(folder), files[start : start + _BATCH])
        lost = [path.name for path in files if not outcomes.get(str(path))]
    if lost:
        print(f"Neither indexed nor listed: {', '.join(lost)}", file=sys.stderr)
    reasons = [reason for reason in outcomes.values() if reason != "indexed"]
    return {
        "fuzzed_pdfs": count,
        "fuzz_failures": len(lost),
        "fuzz_indexed": len(outcomes) - len(reasons),
        "fuzz_listed": len(reasons),
        "fuzz_timeouts": sum("longer than" in reason for reason in reasons),
        "fuzz_parser_crashes": sum("crashed" in reason for reason in reasons),
    }


def _outcomes(folder: Path, files: Sequence[Path]) -> dict[str, str]:
    """Return `indexed` or the reason for each file; after a crash each rest is tried alone."""
    found = _run(folder / "all", files)
    for path in files:
        if str(path) not in found:
            found |= _run(folder / "alone", [path])
    return found


def _run(index: Path, files: Sequence[Path]) -> dict[str, str]:
    command = [sys.executable, __file__, "--add", str(index), *map(str, files)]
    try:
        done = subprocess.run(  # noqa: S603  (this very file)
            command, stdout=subprocess.PIPE, timeout=120 + _SECONDS * len(files), check=False
        )
    except subprocess.TimeoutExpired:
        return {}
    found: dict[str, str] = json.loads(done.stdout) if done.returncode == 0 else {}
    return found


def _add(index: str, *files: str) -> None:
    """Add files to an index and print what became of each."""
    from r1agent.testing import HashEmbeddings
    from r1agent_indexes import PaperIndex

    with PaperIndex.open(index, embeddings=HashEmbeddings(), create=True) as papers:
        report = papers.add(files)
        kept = {str(paper.path) for paper in papers.papers()}
        listed = {str(failure.path): failure.reason for failure in papers.failures()}
    same = {str(path) for path in report.duplicates}
    fates = {path: "indexed" if path in kept | same else listed.get(path, "") for path in files}
    print(json.dumps({path: fate for path, fate in fates.items() if fate}))


def _whole(papers: Iterable[Path]) -> Figures:
    """Read whole papers and compare pages with what pypdf and the corpus say."""
    from r1agent_indexes.reading.paper import read_passages
    from r1agent_indexes.reading.pdf_process import PdfProcess

    known = json.loads((CORPUS / "pages.json").read_text(encoding="utf-8"))
    pages = wrong = passages = midword = hidden = 0
    with PdfProcess() as process:
        for path in papers:
            read = read_passages(path, process)
            texts = {page.metadata["page"]: page.page_content for page in read.pages}
            labels = [page.metadata["page_label"] for page in read.pages]
            pages += len(labels)
            wrong += _wrong(labels, _pypdf_labels(path))
            wrong += _elsewhere(list(texts.values()), [one["pdfium"] for one in known[path.name]])
            passages += len(read.passages)
            hidden += sum(len(page.metadata["hidden_text"]) for page in read.pages)
            spans = ((texts[p.metadata["page"]], p.metadata["start"]) for p in read.passages)
            midword += sum(_starts_inside_word(text, start) for text, start in spans)
            midword += sum(_starts_torn(texts, passage) for passage in read.passages)
    return {
        "pages_read": pages,
        "page_labels_wrong": wrong,
        "chunks_read": passages,
        "midword_chunks": midword,
        "hidden_characters": hidden,
    }


def _pypdf_labels(path: Path) -> list[str]:
    from pypdf import PdfReader

    return list(PdfReader(path).page_labels)


def _wrong(found: Sequence[str], wanted: Sequence[str]) -> int:
    pairs = zip(found, wanted, strict=False)
    return sum(one != other for one, other in pairs) + abs(len(found) - len(wanted))


def _elsewhere(found: Sequence[str], wanted: Sequence[str]) -> int:
    """Count pages that are more like what the corpus has for another page than for their own."""
    known = [_words(text) for text in wanted]
    return sum(
        max(range(len(known)), key=lambda at: (_likeness(known[at], own), at == page)) != page
        for page, own in enumerate(map(_words, found))
    )


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _words(text: str) -> set[str]:
    return {*re.findall(r"\w{4,}", text.lower())}


def _starts_torn(texts: Mapping[int, str], passage: Document) -> bool:
    """Tell whether the page before ends with the beginning of the passage's first word."""
    before = texts.get(passage.metadata["page"] - 1, "")
    starts_page = not texts[passage.metadata["page"]][: passage.metadata["start"]].strip()
    return starts_page and bool(_SPLIT_WORD.search(before)) and passage.page_content[0].islower()


def _starts_inside_word(text: str, start: int) -> bool:
    if start == 0 or not _WORD.match(text[start]):
        return False
    return bool(_WORD.match(text[start - 1]) or _SPLIT_WORD.search(text[max(0, start - 3) : start]))


if __name__ == "__main__":
    sys.exit(main())
