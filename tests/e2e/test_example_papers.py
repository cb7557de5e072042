"""The example papers: they can be read back, and what they state is true of their own tables."""

import re
import subprocess
import sys
import tomllib
from itertools import product
from math import ceil, sqrt
from pathlib import Path
from statistics import NormalDist, fmean, stdev, variance

import pypdf
import pypdfium2
import pytest

PAPERS = Path(__file__).parents[2] / "examples" / "papers"
QUESTIONS = tomllib.loads((PAPERS / "questions.toml").read_text(encoding="utf-8"))["question"]
GOLD = [pytest.param(gold, id=q["id"]) for q in QUESTIONS for gold in q["gold"]]
COUNT = re.compile(r"(\d\d,\d{3}) \(([\d.]+) %\)")


def make_papers(out: Path) -> str:
    command = [sys.executable, str(PAPERS / "make_papers.py"), str(out)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("papers")
    assert "8 written, 0 up to date" in make_papers(out)
    return out


def pages_by_pdfium(pdf: Path) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def pages_by_pypdf(pdf: Path) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(pdf).pages]


READERS = pytest.mark.parametrize("read_pages", [pages_by_pdfium, pages_by_pypdf])


def collapsed(text: str) -> str:
    """Drop line breaks as a reader of the language would."""
    is_chinese = re.search(r"[\u4e00-\u9fff]", text)
    return re.sub(r"\s+", "" if is_chinese else " ", text).strip()


def source(number: int) -> str:
    (path,) = (PAPERS / "source").glob(f"{number:02}-*.md")
    return path.read_text(encoding="utf-8").replace("\n", " ")


def table(number: int, caption: str) -> list[list[str]]:
    """The body of a table as rows of cells."""
    (path,) = (PAPERS / "source").glob(f"{number:02}-*.md")
    lines = path.read_text(encoding="utf-8").partition(f"\n{caption}.")[2].splitlines()[2:]
    rows = [line for line in lines[: lines.index("", 1)] if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def number(text: str) -> float:
    return float(re.sub(r"[,% ]", "", text))


def test_a_second_run_keeps_every_file_and_a_fresh_run_gives_the_same_bytes(pdfs, tmp_path):
    before = {pdf.name: pdf.read_bytes() for pdf in pdfs.glob("*.pdf")}
    assert "0 written, 8 up to date" in make_papers(pdfs)
    assert "8 written, 0 up to date" in make_papers(tmp_path)
    assert {pdf.name: pdf.read_bytes() for pdf in tmp_path.iterdir()} == before


def test_a_damaged_file_is_set_anew(pdfs, tmp_path):
    make_papers(tmp_path)
    (tmp_path / "03-temperature-sweep.pdf").write_bytes(b"%PDF-")
    assert "1 written, 7 up to date" in make_papers(tmp_path)


def test_each_paper_has_two_to_four_pages_metadata_and_the_note(pdfs):
    for pdf in sorted(pdfs.glob("*.pdf")):
        reader = pypdf.PdfReader(pdf)
        assert 2 <= len(reader.pages) <= 4
        assert reader.metadata.title
        assert reader.metadata.author
        assert reader.metadata.subject.endswith("the study is invented.")
        first_page = " ".join(reader.pages[0].extract_text().split())
        assert "Written as an example for r1agent; the study is invented." in first_page


@READERS
@pytest.mark.parametrize("gold", GOLD)
def test_each_gold_quote_stands_on_its_page(pdfs, gold, read_pages):
    page = read_pages(pdfs / gold["file"])[gold["page"] - 1]
    quote = gold["quote"]
    separator = "" if re.search(r"[\u4e00-\u9fff]", quote) else " "
    assert collapsed(quote) in re.sub(r"\s+", separator, page)


@READERS
def test_two_columns_are_read_one_after_the_other(pdfs, read_pages):
    page = " ".join(read_pages(pdfs / "03-temperature-sweep.pdf")[0].split())
    left, right = "The 45 runs of the sweep took 33.0 hours", "The best temperature was 4 for the"
    in_order = ["Abstract", "1 Introduction", "2.3 Cost", left, "3.1 The best temperature", right]
    positions = [page.rindex(words) for words in in_order]
    assert positions == sorted(positions)


@READERS
def test_chinese_text_is_read_rightly(pdfs, read_pages):
    first, second = map(collapsed, read_pages(pdfs / "04-data-augmentation-zh.pdf"))
    assert "数据增强对小模型蒸馏的影响林晓雯、赵启明2023" in first
    assert "我们在TidePool-30数据集上训练了45个参数量为27万的学生模型" in first
    assert "Cutout21,57071.90%5.50" in second


def test_each_question_is_complete_and_three_are_for_the_demo():
    kinds = {question["kind"] for question in QUESTIONS}
    assert kinds >= {"lookup", "synthesis", "computation", "contradiction", "unanswerable"}
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    assert all(question["question"] and question["answer"] for question in QUESTIONS)
    demo = [question["id"] for question in QUESTIONS if question.get("demo")]
    assert demo == ["demo-papers", "demo-mathematics", "demo-code"]


def test_the_demo_questions_have_the_answers_stated():
    coprime = [n for n in range(1, 1001) if all(n % prime for prime in (2, 3, 5))]
    assert str(sum(coprime)) == QUESTIONS[1]["answer"]

    from statistics import median

    def running_median(values, window):
        return [median(values[i : i + window]) for i in range(len(values) - window + 1)]

    scope = {"running_median": running_median}
    exec(QUESTIONS[2]["tests"], scope)
    tests = [value for name, value in scope.items() if name.startswith("test_")]
    assert len(tests) == 5
    for test in tests:
        test()


@pytest.mark.parametrize("paper", [1, 2])
def test_counts_percentages_and_differences_of_the_smoothing_papers_agree(paper):
    for row in table(paper, "Table 1"):
        (plain, plain_percent), (smoothed, smoothed_percent) = COUNT.findall(" ".join(row))
        assert f"{number(plain) / 300:.2f}" == plain_percent
        assert f"{number(smoothed) / 300:.2f}" == smoothed_percent
        assert number(row[3]) == round(float(smoothed_percent) - float(plain_percent), 2)


def test_counts_in_the_text_of_paper_1_agree():
    for count, percent in re.findall(
        r"(\d\d,\d{3})(?: of 30,000)?[^.%]*?\(([\d.]+) %\)", source(1)
    ):
        assert f"{number(count) / 300:.2f}" == percent


def test_other_tables_of_counts_agree():
    for paper, caption, total in [(2, "Table 2", 300), (6, "Table 2", 300)]:
        for row in table(paper, caption):
            assert f"{number(row[1]) / total:.2f}" == f"{number(row[2]):.2f}"
    for row in table(7, "Table 1"):
        assert f"{number(row[2]) / 1200:.2f}" == f"{number(row[3]):.2f}"
    for caption in ("表 1", "表 2"):
        rows = table(4, caption)
        for row in rows:
            assert f"{number(row[1]) / 300:.2f}%" == row[2]
            assert f"{number(row[2]) - number(rows[0][2]):.2f}" == row[3]
    for row in table(2, "Table 2"):
        assert f"{number(row[2]) - 80.54:+.2f}".replace("+0.00", "0.00") == row[3]


def test_gains_and_hours_of_the_temperature_sweep_agree():
    rows = {row[0]: [number(cell) for cell in row[1:]] for row in table(3, "Table 1")}
    temperatures = ["1", "2", "4", "8", "16"]
    for size, row in enumerate(table(3, "Table 2")):
        best = max(temperatures, key=lambda temperature: rows[temperature][size])
        over_one, over_none = (rows[best][size] - rows[t][size] for t in ("1", "none"))
        assert row[1:] == [best, f"{over_one:.2f}", f"{over_none:.2f}"]
    falls = [f"{rows['4'][size] - rows['16'][size]:.2f}" for size in range(3)]
    assert falls == ["2.10", "1.25", "0.20"]
    assert 5 * 3 * (28 + 41 + 63) / 60 == 33.0
    assert 5 * 3 * 28 / 60 == 7.0


def cohens_d(difference: float, sd1: float, n1: int, sd2: float, n2: int) -> float:
    pooled = ((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2)
    return difference / sqrt(pooled)


def test_effect_sizes_of_paper_5_follow_from_its_table():
    for row in table(5, "Table 1"):
        mean1, sd1, n1, mean2, sd2, n2 = (number(cell) for cell in row[1:7])
        d = cohens_d(mean1 - mean2, sd1, n1, sd2, n2)
        g = d * (1 - 3 / (4 * (n1 + n2 - 2) - 1))
        half = 1.96 * sqrt((n1 + n2) / (n1 * n2) + d**2 / (2 * (n1 + n2)))
        assert row[7:] == [f"{d:.2f}", f"{g:.2f}"]
        if row[0].startswith("A"):
            assert (round(d - half, 2), round(d + half, 2)) == (0.21, 2.02)
            assert round(NormalDist().cdf(d / sqrt(2)), 2) == 0.79
        else:
            assert d - half < 0
    power = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)
    assert [ceil(2 * (power / d) ** 2) for d in (0.5, 1.0, 2.0)] == [63, 16, 4]


def test_the_program_printed_in_paper_5_prints_what_it_says(capsys):
    (path,) = (PAPERS / "source").glob("05-*.md")
    program = path.read_text(encoding="utf-8").split("```\nfrom")[1].split("```")[0]
    exec("from" + program, {})
    stated = re.findall(r"# ([\d. ]+)", program)
    assert capsys.readouterr().out.splitlines() == stated == ["1.12 1.07", "0.21 2.02", "0.79"]


def test_the_seeds_of_paper_1_have_the_effect_size_that_paper_5_computes():
    plain = [81.70, 81.90, 82.00, 82.10, 82.20]
    smoothed = [79.40, 79.50, 79.60, 79.80, 79.95]
    assert "81.70, 81.90, 82.00, 82.10 and 82.20 %" in source(1)
    assert "79.40, 79.50, 79.60, 79.80 and 79.95 %" in source(1)
    assert [round(fmean(plain), 2), round(stdev(plain), 2)] == [81.98, 0.19]
    assert [round(fmean(smoothed), 2), round(stdev(smoothed), 2)] == [79.65, 0.22]
    pooled = sqrt((variance(plain) + variance(smoothed)) / 2)
    assert (round(pooled, 3), round(2.33 / pooled, 2)) == (0.209, 11.17)


def test_mcnemar_of_papers_2_and_5_recomputes():
    assert round((abs(269 - 214) - 1) ** 2 / (269 + 214), 2) == 6.04
    assert round((269 - 214) ** 2 / (269 + 214), 2) == 6.26
    assert round((269 - 214) / 6000 * 100, 2) == 0.92
    p = 2 * (1 - NormalDist().cdf(sqrt(54**2 / 483)))
    assert round(p, 3) == 0.014


def test_the_figures_of_paper_6_recompute():
    replacements = 1000 * sum(1 / i for i in range(1001, 1_000_001))
    assert round(replacements) == 6907
    assert round(3 * replacements, -2) == 20_700
    times = [number(row[2]) for row in table(6, "Table 1")]
    assert round(times[0] / times[1], 1) == 21.7
    assert round(times[2] / times[3], 1) == 3.5
    assert 90 / 6000 == 0.015


def test_the_figures_of_paper_7_recompute():
    rows = {(row[0], row[1]): (number(row[3]), number(row[4])) for row in table(7, "Table 1")}
    effects, errors, ds = [], [], []
    for epoch in ("last", "best"):
        (plain, plain_sd), (smoothed, smoothed_sd) = (
            rows[key] for key in product([epoch], ["plain", "smoothed"])
        )
        effects.append(smoothed - plain)
        errors.append(sqrt((plain_sd**2 + smoothed_sd**2) / 20))
        ds.append(round(abs(cohens_d(smoothed - plain, plain_sd, 20, smoothed_sd, 20)), 2))
    assert [round(effect, 2) for effect in effects] == [-0.74, 0.68]
    assert ds == [2.96, 2.89]
    t = 2.026  # 97.5 % point of Student's t with 37 to 38 degrees of freedom
    limits = [
        (round(abs(effect) - t * error, 2), round(abs(effect) + t * error, 2))
        for effect, error in zip(effects, errors, strict=True)
    ]
    assert limits == [(0.58, 0.90), (0.53, 0.83)]
    mean, half = fmean(effects), 1.99 * sqrt(sum(error**2 for error in errors)) / 2
    assert [round(mean, 2), round(mean - half, 2), round(mean + half, 2)] == [-0.03, -0.14, 0.08]
    assert round(effects[1] - effects[0], 2) == 1.42


def test_the_counts_of_the_survey_recompute():
    rows = table(8, "Table 1")
    assert sum(int(row[2]) for row in rows) == 288
    with_five = [row for row in rows if int(row[3]) >= 5]
    assert [f"{len(with_five) / len(rows):.1%}", f"{1 / len(rows):.1%}"] == ["83.3%", "16.7%"]
