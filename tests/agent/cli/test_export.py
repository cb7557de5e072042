import json

from docx import Document

from tests.agent.cli.commands import run

QUESTION = "What is the sum of the whole numbers from 1 to 100?"
LINE = {
    "id": "a",
    "question": "Does smoothing help?",
    "answer": "It costs 0.6 points. [1]",
    "outcome": "answered",
    "citations": [{"file": "kd.pdf", "page": 3, "quote": "Teachers lose 0.6 points."}],
}


def test_the_answers_of_a_batch_become_a_page(folder):
    (folder / "answers.jsonl").write_text(f"{json.dumps(LINE)}\n")
    result = run("export", "answers.jsonl", "-o", "answers.html")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Written: 'answers.html'.\n"
    page = (folder / "answers.html").read_text()
    assert "<h2>Does smoothing help?</h2>" in page
    assert "“Teachers lose 0.6 points.”" in page


def test_without_a_file_markdown_goes_to_stdout(folder):
    (folder / "answers.jsonl").write_text(f"{json.dumps(LINE)}\n")
    result = run("export", "answers.jsonl")
    assert result.stdout.startswith(
        "# answers\n\n## Does smoothing help?\n\nIt costs 0.6 points.[^1]"
    )
    assert run("export", "answers.jsonl", "-f", "bibtex").stdout == (
        "@misc{kdpdf,\n\ttitle = {kd.pdf}\n}\n"
    )


def test_a_run_can_be_exported_in_a_style(server):
    run("ask", QUESTION, "--base-url", server, "-q")
    result = run("export", "last", "--style", "apa")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"# {QUESTION}\n\nThe sum is 5050.\\[a\\]\n")


def test_what_cannot_be_exported_is_one_sentence(folder):
    (folder / "answers.jsonl").write_text(f"{json.dumps(LINE)}\n")
    for words, code, said in [
        (["none.jsonl"], 1, "No file 'none.jsonl'"),
        (["answers.jsonl", "-f", "pdf"], 2, "No format 'pdf'"),
        (["answers.jsonl", "--style", "apaa"], 2, "No style 'apaa'. Near it: apa"),
        (["answers.jsonl", "-o", "none/out.md"], 1, "needs a folder 'none'"),
    ]:
        result = run("export", *words)
        assert result.exit_code == code
        assert said in result.stderr
        assert "Traceback" not in result.stderr


def test_ask_writes_its_answer_to_a_file_and_nothing_to_stdout(folder, server):
    result = run("ask", QUESTION, "--base-url", server, "-q", "-o", "answer.md")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Written: 'answer.md'." in result.stderr
    assert (folder / "answer.md").read_text().startswith(f"# {QUESTION}\n\nThe sum is 5050.")


def test_ask_refuses_a_format_before_it_asks(folder):
    result = run("ask", QUESTION, "-o", "answer.odt")
    assert result.exit_code == 1
    assert "names no format" in result.stderr
    assert not (folder / "runs").exists()


def test_a_run_becomes_a_word_document(server, folder):
    run("ask", QUESTION, "--base-url", server, "-q")
    result = run("export", "last", "-o", "answer.docx")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Written: 'answer.docx'.\n"
    title, sentence, *_ = Document(folder / "answer.docx").paragraphs
    assert (title.text, sentence.text) == (QUESTION, "The sum is 5050.[a]")


def test_ask_says_that_a_word_document_wants_a_file_before_it_asks(folder):
    result = run("ask", QUESTION, "--format", "docx")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Name the file with `-o`, such as `-o report.docx`." in " ".join(result.stderr.split())
    assert not (folder / "runs").exists()


def test_a_run_becomes_a_note_of_obsidian(server):
    run("ask", QUESTION, "--base-url", server, "-q")
    text = run("export", "last", "-f", "obsidian").stdout
    assert text.startswith(f"---\ntitle: {QUESTION}\ndate: ")
    assert f"---\n\n# {QUESTION}\n\nThe sum is 5050." in text


def test_ask_prints_json_beside_the_file(folder, server):
    result = run("ask", QUESTION, "--base-url", server, "-q", "-o", "answer.html", "--json")
    assert json.loads(result.stdout)["outcome"] == "answered"
    assert (folder / "answer.html").read_text().startswith("<!DOCTYPE html>")


def test_show_writes_a_run_in_a_format(server):
    run("ask", QUESTION, "--base-url", server, "-q")
    shown = run("show", "last", "--format", "json")
    assert json.loads(shown.stdout)["kind"] == "answer"


def test_sentences_are_marked_where_the_settings_ask_for_it(server, folder):
    run("ask", QUESTION, "--base-url", server, "-q")
    (folder / "r1agent.toml").write_text("provenance_mark = true\n")
    assert run("export", "last", "-o", "answer.md").exit_code == 0
    marked = json.loads(run("provenance", "answer.md", "--json").stdout)
    assert marked


def test_a_word_document_is_marked_too_and_its_marks_are_found(server, folder):
    run("ask", QUESTION, "--base-url", server, "-q")
    (folder / "r1agent.toml").write_text("provenance_mark = true\n")
    assert run("export", "last", "-o", "answer.docx").exit_code == 0
    (marked,) = json.loads(run("provenance", "answer.docx", "--json").stdout)
    assert marked["marks"] == 2


def test_a_file_that_only_ends_like_a_word_document_is_told(folder):
    (folder / "notes.docx").write_text("no archive")
    result = run("provenance", "notes.docx")
    assert result.exit_code == 1
    assert "is no Word document that can be read" in result.stderr


def test_the_page_of_a_run_draws_its_steps_and_calls(server):
    run("ask", QUESTION, "--base-url", server, "-q")
    page = run("export", "last", "-f", "html").stdout
    assert "Add the whole numbers from 1 to 100" in page
    assert "<code>python print(sum(range(101)))</code> → 5050" in page
    assert "<small>supported; " in page


def test_show_wants_a_run_to_write():
    result = run("show", "-o", "runs.md")
    assert result.exit_code == 2
    assert "Which run is to be written?" in result.stderr
