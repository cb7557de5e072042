from dataclasses import replace

import pytest

from r1agent.reports import Report
from r1agent.tables import Column, TableError, TableForm
from r1agent.types import Contradiction
from tests.agent.tables.made_tables import (
    DATA,
    FAILED,
    SILENT,
    STUDENTS,
    answer,
    files,
    paper,
    quoted,
    rows,
    table,
)

SENTENCE = "They trained 50 students."
NUMBERS = TableForm((STUDENTS,))


def test_a_cell_of_numbers_has_the_number_its_unit_and_the_sentence():
    record = table(answer(SENTENCE, quotes=["We trained 50 students."]), form=NUMBERS).records()[0]
    assert [record[header] for header in STUDENTS.headers] == [
        50.0,
        "students",
        SENTENCE,
        "We trained 50 students.",
        "p. 3",
    ]


def test_a_cell_of_numbers_without_one_number_says_so():
    record = table(answer("They trained many students."), form=NUMBERS).records()[0]
    assert (record["Students"], record["Students unit"]) == ("see the sentence", "")


@pytest.mark.parametrize(
    ("given", "said"),
    [(SILENT, "\u2013"), (FAILED, "failed: No verified answer: no step worked.")],
    ids=["silent", "failed"],
)
def test_a_cell_without_an_answer_says_which_kind_it_is(given, said):
    assert table(given, form=NUMBERS).records()[0]["Students"] == said
    assert table(given, form=TableForm((DATA,))).records()[0]["Data"] == said


def test_a_refusal_is_called_one():
    refused = answer(outcome="refused", message="No advice on this.")
    assert table(refused).cells[0].sentences == "Refused: No advice on this."


def test_a_cell_that_was_not_asked_says_so():
    made = rows(TableForm((DATA,)), SILENT)
    assert replace(made.cells[0], answer=None).sentences == "failed: it was not asked"


def test_quotes_stand_in_for_sentences_that_did_not_hold():
    quotes = replace(answer(message="Word for word:"), extracts=(quoted("We used it."),))
    cell = table(quotes).cells[0]
    assert cell.sentences == "Word for word: “We used it.”"
    assert cell.citations == (quoted("We used it."),)


def test_a_sentence_that_rests_on_little_says_so():
    told = answer("They used it.")
    doubted = replace(told, claims=(replace(told.claims[0], doubt="one word in common"),))
    assert table(doubted).cells[0].sentences == (
        "They used it. (low confidence: one word in common)"
    )


def test_several_quotes_and_their_pages_stand_in_one_order():
    told = answer("A.", "B.", quotes=["First.", "Second."])
    claims = (told.claims[0], replace(told.claims[1], citations=(quoted("Second.", 7),)))
    record = table(replace(told, claims=claims)).records()[0]
    assert (record["Q0 quote"], record["Q0 page"]) == ("First. / Second.", "p. 3; p. 7")


def test_a_title_that_is_only_the_file_is_left_out():
    assert table(SILENT, about=paper("kd.pdf", "kd")).records()[0]["title"] == ""


def test_rows_are_sorted_by_number_with_those_without_at_the_end():
    made = rows(
        NUMBERS,
        answer("They trained 80 students."),
        SILENT,
        answer("They trained 5 students."),
        FAILED,
        answer("They trained 12 students."),
    )
    assert files(made.sorted_by("Students")) == ["p2.pdf", "p4.pdf", "p0.pdf", "p1.pdf", "p3.pdf"]
    assert files(made.sorted_by("-students")) == ["p0.pdf", "p4.pdf", "p2.pdf", "p1.pdf", "p3.pdf"]


def test_rows_are_sorted_by_text_without_regard_to_case():
    made = rows(TableForm((DATA,)), answer("b"), answer("C"), SILENT, answer("a"))
    assert files(made.sorted_by("Data")) == ["p3.pdf", "p0.pdf", "p1.pdf", "p2.pdf"]


def test_rows_are_sorted_by_what_is_known_of_the_papers():
    made = rows(TableForm((DATA,)), SILENT, SILENT)
    assert files(made.sorted_by("-title")) == ["p1.pdf", "p0.pdf"]


def test_sorting_by_an_unknown_column_names_the_known_ones():
    with pytest.raises(
        TableError, match=r"No column 'Date' to sort by\. There are 'file', 'title'"
    ):
        rows(TableForm((DATA,))).sorted_by("Date")


def test_the_report_has_a_section_a_paper_and_an_entry_a_cell():
    told = answer("They used it.")
    report = table(told, FAILED).report()
    assert isinstance(report, Report)
    assert (report.kind, report.title) == ("table", "Table of papers")
    assert [section.heading for section in report.sections] == ["Distillation"]
    assert [entry.label for entry in report.entries] == ["Q0", "Q1"]
    assert report.citations == told.citations


def test_a_cell_that_ended_in_an_error_is_a_note_of_the_report():
    made = rows(TableForm((DATA,)), SILENT)
    row = replace(made.rows[0], cells=(replace(made.cells[0], answer=None, error="no JSON"),))
    section = replace(made, rows=(row,)).report().sections[0]
    assert (section.entries, section.notes) == ((), ("Data: failed: no JSON",))


def test_cells_are_counted_by_outcome():
    assert rows(TableForm((DATA,)), answer("A."), SILENT, SILENT, FAILED).counts() == {
        "answered": 1,
        "not_in_papers": 2,
        "refused": 0,
        "failed": 1,
    }


def test_records_hold_plain_values_only():
    made = rows(NUMBERS, answer("They trained 80 students."), SILENT, FAILED)
    values = [value for record in made.records() for value in record.values()]
    assert {type(value) for value in values} == {str, int, float}


def test_who_says_otherwise_is_kept_with_the_cell():
    against = Contradiction("A.", quoted("We did not."), "a negation")
    assert table(replace(answer("A."), contradictions=(against,))).cells[0].contradictions == (
        against,
    )


def test_a_column_is_found_without_regard_to_case():
    assert TableForm((Column("Data", "x"),)).column("DATA") == Column("Data", "x")
