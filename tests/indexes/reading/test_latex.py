"""LaTeX source as papers."""

from pathlib import Path

import pytest

from r1agent_indexes import UnreadablePaperError
from r1agent_indexes.reading.paper import ReadPaper, read_passages
from r1agent_indexes.reading.pdf_process import PdfProcess

HEAD = r"""\documentclass{article}
\title{Label \emph{Smoothing}\thanks{Funded by nobody.}}
\author{Ada Miller\footnote{One University} \and Bo Chen\\ Another Institute}
\newcommand{\method}{SuperNet}
"""


def read(folder: Path, body: str, head: str = HEAD) -> ReadPaper:
    path = folder / "a.tex"
    path.write_text(f"{head}\\begin{{document}}\n{body}\n\\end{{document}}\n", encoding="utf-8")
    with PdfProcess() as process:
        return read_passages(path, process)


def text(folder: Path, body: str) -> str:
    return "\n".join(page.page_content for page in read(folder, body).pages)


def test_text_is_what_the_reader_of_the_paper_sees(tmp_path):
    found = text(
        tmp_path,
        "\\section{Results}\nIt works 50\\% better % not a word\n than ``before'' in Z\\\"urich "
        "with \\textbf{bold} \\method{} and $x^2 = 3$ \\cite{miller2019}.\n\nNext paragraph.",
    )
    assert found.split("\n\n") == [
        "Label Smoothing",
        "Results",
        "It works 50% better than “before” in Zürich with bold SuperNet and $x^2 = 3$ "
        "[miller2019].",
        "Next paragraph.",
    ]


def test_title_and_authors_are_stated(tmp_path):
    metadata = read(tmp_path, "Some text of the paper.").metadata
    assert metadata.title == "Label Smoothing"
    assert metadata.authors == ("Ada Miller", "Bo Chen")


def test_sections_abstract_and_captions_are_found(tmp_path):
    paper = read(
        tmp_path,
        "\\begin{abstract}We smooth labels.\\end{abstract}\n\\section{Method}\\label{s}\nText.\n"
        "\\begin{figure}\\includegraphics{x.png}\\caption{A figure.}\\end{figure}\n"
        "\\subsection{Details}\n\\begin{itemize}\\item one \\item two\\end{itemize}\n"
        "\\begin{tabular}{ll}a & b \\\\ c & d\\end{tabular}",
    )
    titles = [title for page in paper.pages for _, title in page.metadata["headings"]]
    assert titles == ["Label Smoothing", "Abstract", "Method", "Details"]
    shown = paper.pages[0].page_content
    assert "A figure." in shown
    assert "x.png" not in shown
    assert "a | b" in shown


def test_bibliography_and_what_is_not_set_are_left_out(tmp_path):
    found = text(
        tmp_path,
        "Text. \\iffalse never set \\fi\\begin{comment}nor this\\end{comment}"
        "\\begin{thebibliography}{9}\\bibitem{a} A cited work.\\end{thebibliography}",
    )
    assert found == "Label Smoothing\n\nText."


def test_white_text_is_hidden(tmp_path):
    page = read(
        tmp_path, r"Seen. \textcolor{white}{Secret one.} {\color{white} Secret two.}"
    ).pages[0]
    assert "Secret" not in page.page_content
    assert page.metadata["hidden_text"] == "Secret one.\nSecret two."


def test_input_files_of_its_folder_are_read_where_they_belong(tmp_path):
    (tmp_path / "sections").mkdir()
    (tmp_path / "sections" / "one.tex").write_text("Words of the part. \\input{sections/two}")
    (tmp_path / "sections" / "two.tex").write_text("Words of its part. \\input{a}")
    assert text(tmp_path, "Before. \\input{sections/one.tex} After.").endswith(
        "Before. Words of the part. Words of its part. After."
    )


def test_files_outside_its_folder_are_never_read(tmp_path):
    (tmp_path / "secret.tex").write_text("SECRET")
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    found = text(
        folder, f"Text. \\input{{../secret}} \\include{{{tmp_path}/secret}} \\input{{link}} End."
    )
    assert "SECRET" not in found
    assert "End." in found


def test_commands_that_blow_up_are_refused(tmp_path):
    head = HEAD + "".join(
        f"\\def\\{chr(97 + n) * 3}{{{(chr(92) + chr(98 + n) * 3) * 500}}}" for n in range(6)
    )
    with pytest.raises(UnreadablePaperError, match="blow up"):
        read(tmp_path, "\\aaa", head)


def test_a_part_of_a_document_says_that_it_is_one(tmp_path):
    (tmp_path / "a.tex").write_text("\\section{Part}\nWords.")
    with PdfProcess() as process, pytest.raises(UnreadablePaperError, match="is a part"):
        read_passages(tmp_path / "a.tex", process)
