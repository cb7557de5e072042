from loop_answers import Scored
from loop_qa import code_digest, figures_of, repeated


def rows(*marks):
    """A row for each of: right, wrong, abstained."""
    return [
        {"id": f"q{number}", "correct": mark == "right", "attempted": mark != "abstained"}
        for number, mark in enumerate(marks)
    ]


def scored(*marks, first=0):
    found = rows(*marks)[first:]
    attempted = [one for one in found if one["attempted"]]
    overall = {
        "n": len(found),
        "accuracy": sum(one["correct"] for one in found) / len(found),
        "precision": sum(one["correct"] for one in found) / len(attempted),
        "attempted": len(attempted),
        "abst_wrong": 1,
        "abst_right": 0,
        "missing": 0,
        "gold_page_recall": 0.5,
        "quotes_strict": None,
        "quotes_loose": 1.0,
    }
    return Scored({"overall": overall, "by_kind": {"lookup": overall}}, found, 2.25)


def test_figures_of_the_whole_loop_and_of_an_arm_have_the_agreed_names():
    figures = figures_of(
        {
            "full": scored("right", "abstained", "right", "wrong"),
            "plain": scored("right", "wrong", "wrong", "wrong"),
        }
    )
    assert figures["qa_accuracy"] == 0.5
    assert figures["qa_precision"] == 0.667
    assert figures["qa_accuracy_lookup"] == 0.5
    assert (figures["gold_page_cited"], figures["quote_existence"]) == (0.5, 0)
    assert (figures["plain_accuracy"], figures["qa_minus_plain_accuracy"]) == (0.25, 0.25)
    assert figures["qa_minus_plain_precision"] == 0.417
    assert figures["qa_minus_plain_accuracy_low"] <= 0.25 <= figures["qa_minus_plain_accuracy_high"]


def test_an_arm_that_was_asked_fewer_questions_is_compared_on_those():
    whole = scored("wrong", "right", "right")
    figures = figures_of({"full": whole, "no_gate": scored("wrong", "right", "right", first=1)})
    assert figures["qa_accuracy"] == 0.667
    assert figures["qa_minus_no_gate_accuracy"] == 0.0


def test_a_question_that_was_asked_again_is_drawn_with_all_its_answers():
    asked = repeated([{"id": "q0"}, {"id": "q1"}], 2)
    assert [one["id"] for one in asked] == ["q0", "q1", "q0~2", "q1~2"]
    whole = scored("right", "wrong", "right", "abstained")
    for row, question in zip(whole.rows, asked, strict=True):
        row["id"] = question["id"]
    figures = figures_of({"full": whole, "no_gate": scored("wrong", "right")})
    assert figures["qa_minus_no_gate_accuracy"] == 0.0
    assert figures["qa_minus_no_gate_precision"] == 0.167
    assert (
        figures["qa_minus_no_gate_accuracy_low"],
        figures["qa_minus_no_gate_accuracy_high"],
    ) == (
        -1.0,
        1.0,
    )


def test_answers_of_changed_code_are_kept_apart(tmp_path):
    for name in ("r1agent/cli/app.py", "r1agent/writer.py", "benchmarks/loop_arms.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a = 1\n", encoding="utf-8")
    before = code_digest(tmp_path)
    (tmp_path / "r1agent/cli/app.py").write_text("a = 2\n", encoding="utf-8")
    assert code_digest(tmp_path) == before
    (tmp_path / "r1agent/writer.py").write_text("a = 2\n", encoding="utf-8")
    assert code_digest(tmp_path) != before
