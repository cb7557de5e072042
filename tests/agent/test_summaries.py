"""Summaries of papers, offline: a scripted model over the example papers."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.assistant import ResearchAssistant
from r1agent.batch import BatchError, ThreadPool
from r1agent.batch.kept import KeptAnswers
from r1agent.checks.answers import asked_for
from r1agent.errors import ModelOutputError, ModelServerError
from r1agent.paper_search import PaperSearch
from r1agent.premises import premise_of
from r1agent.profiles import SMALL
from r1agent.summaries import (
    SummaryError,
    aspects_of,
    items_of,
    missing_from,
    papers_of,
    summarize,
)
from r1agent.summaries.aspects import topic_of
from r1agent.testing import HashEmbeddings, ScriptedChatModel
from r1agent.types import Answer, Audit, Citation, Claim, Plan, Trajectory, Verdict
from r1agent_indexes import PaperFilter, PaperIndex
from r1agent_indexes.errors import PaperNotFoundError
from r1agent_tools import search_papers_tool

HURTS = "01-label-smoothing-hurts-distillation.pdf"
SURVEY = "08-survey-of-small-student-distillation.pdf"
ZH = "04-data-augmentation-zh.pdf"
JOB = {"kind": "summaries"}
REPLIES = [
    "The authors ask whether the effect exists for very small students, and how it depends on the "
    "temperature [1].",
    "All networks were trained for 200 epochs with stochastic gradient descent [1].",
    "We trained 50 students on TidePool-30, a set of photographs of shore animals [1].",
    "Its students were worse by 0.85 points at temperature 1 and by 2.40 points at temperature 8.",
    "The paper does not mention any limitations.",
]


def assistant_over(index: PaperIndex, *replies: str, **options) -> ResearchAssistant:
    wrong = (PaperNotFoundError,)
    return ResearchAssistant(
        ScriptedChatModel(replies=list(replies)),
        [search_papers_tool(PaperSearch(index), wrong_request=wrong)],
        page_text=lambda paper, page: index.read_page(paper, page).page_content,
        embeddings=index.embeddings,
        profile=replace(SMALL, drafts=1),
        **options,
    )


@pytest.fixture
def kept(tmp_path):
    return KeptAnswers(tmp_path / "kept.jsonl", JOB)


def answered(quote: Citation) -> Answer:
    claim = Claim("It is six percent.", (quote,), Verdict("supported", "a quote"))
    return Answer("r1", "", "answered", (claim,), Plan(()), Trajectory(), Audit(1.0, "high"))


class Answers:
    """An assistant that answers with what stands there for a place, and remembers the questions."""

    def __init__(self, answer, **others):
        self.answer = answer
        self.others = {int(place.removeprefix("at_")): one for place, one in others.items()}
        self.asked = []

    def ask(self, question, *, tests=None, within="", plan=None):
        self.asked.append((question, within))
        found = self.others.get(len(self.asked), self.answer)
        if isinstance(found, BaseException):
            raise found
        return replace(found, question=question)


def citation_of(paper) -> Citation:
    return Citation("p:1", "Six percent.", paper.id, paper.file, paper.title, 1, "1", 0, 12)


def made_index(folder: Path, files: dict[str, str]) -> PaperIndex:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    index = PaperIndex.open(folder / "idx", embeddings=HashEmbeddings(), create=True)
    index.add([folder / name for name in files])
    return index


def test_every_sentence_carries_a_quote_of_that_very_paper(papers_index, kept):
    papers = papers_of(papers_index, [HURTS])
    report = summarize(ThreadPool(assistant_over(papers_index, *REPLIES)), papers, kept)
    assert report.title == "Summaries of 1 paper"
    section = report.sections[0]
    assert section.heading == (
        "Label Smoothing Hurts Distillation into Small Classifiers. "
        f"Ingrid Halvorsen, Tomás Rezende (2021). {HURTS}"
    )
    labels = [entry.label for entry in section.entries]
    assert labels == ["Question", "Method", "Data", "Findings", "Limits"]
    claims = [claim for entry in section.entries for claim in entry.answer.claims]
    assert len(claims) == 4
    for claim in claims:
        assert claim.citations
        for one in claim.citations:
            assert one.file == HURTS
            page = papers_index.read_page(HURTS, one.page).page_content
            assert page[one.start : one.end] == one.quote


def test_what_the_paper_does_not_say_is_shown_as_such_and_quotes_nothing(papers_index, kept):
    papers = papers_of(papers_index, [HURTS])
    report = summarize(ThreadPool(assistant_over(papers_index, *REPLIES)), papers, kept)
    limits = report.entries[4].answer
    assert (limits.outcome, limits.text) == ("not_in_papers", "The paper does not say.")
    assert limits.citations == ()


def test_sentences_that_do_not_hold_are_not_shown_and_the_silence_is_less_sure(papers_index, kept):
    invented = "The study was carried out with 4,711 hospital nurses from Peru."
    replies = [*REPLIES[:2], invented, *REPLIES[3:]]
    papers = papers_of(papers_index, [HURTS])
    report = summarize(ThreadPool(assistant_over(papers_index, *replies)), papers, kept)
    data = report.entries[2].answer
    assert data.text == "The paper does not say, as far as was found."
    assert [claim.text for claim in data.dropped] == [invented]


def test_no_planner_is_asked_and_both_searches_stay_within_the_paper(papers_index, kept):
    papers = papers_of(papers_index, [HURTS])
    report = summarize(ThreadPool(assistant_over(papers_index, *REPLIES)), papers, kept)
    assert report.usage.keys() <= {"writer"}
    for entry in report.entries:
        assert len(entry.answer.trajectory.steps) == 2
        assert entry.answer.audit.not_found == ()
        found = " ".join(result.text for result in entry.answer.trajectory.results)
        assert set(re.findall(r'<passage id="(\w+):', found)) == {papers[0].paper.id}


def test_a_sentence_that_rests_on_another_paper_is_held_back(papers_index, kept):
    papers = papers_of(papers_index, [HURTS])
    other = papers_index.papers(PaperFilter(files=(SURVEY,)))[0]
    report = summarize(ThreadPool(Answers(answered(citation_of(other)))), papers, kept)
    assert {entry.answer.outcome for entry in report.entries} == {"not_in_papers"}
    assert report.citations == ()
    assert report.entries[0].answer.dropped[0].verdict.reasons == (
        "it does not rest on a quote of this paper",
    )


def test_a_paper_in_chinese_is_asked_about_in_chinese(papers_index, kept):
    papers = papers_of(papers_index, [ZH])
    assistant = Answers(replace(answered(citation_of(papers[0].paper)), outcome="not_in_papers"))
    silent = replace(assistant.answer, claims=())
    assistant.answer = silent
    report = summarize(ThreadPool(assistant), papers, kept)
    assert assistant.asked[4] == ("说明论文“数据增强对小模型蒸馏的影响”的局限和不足。", ZH)
    assert [entry.label for entry in report.entries] == ["问题", "方法", "数据", "结果", "局限"]
    assert report.entries[0].answer.text == "论文没有说明。"


def test_a_killed_job_asks_only_what_is_left(papers_index, kept):
    papers = papers_of(papers_index, [HURTS, SURVEY])
    fitting = answered(citation_of(papers[0].paper))
    with pytest.raises(KeyboardInterrupt):
        summarize(ThreadPool(Answers(fitting, at_8=KeyboardInterrupt())), papers, kept)
    with kept.path.open("ab") as file:
        file.write(b'{"id": "torn')
    again = Answers(fitting)
    report = summarize(ThreadPool(again), papers, KeptAnswers(kept.path, JOB))
    assert [within for _, within in again.asked] == [SURVEY] * 3
    assert len(report.entries) == 10


def test_a_further_paper_leaves_the_answers_about_the_others(papers_index, kept):
    first = papers_of(papers_index, [HURTS])
    fitting = answered(citation_of(first[0].paper))
    summarize(ThreadPool(Answers(fitting)), first, kept)
    both = Answers(fitting)
    summarize(ThreadPool(both), papers_of(papers_index, [SURVEY, HURTS]), kept)
    assert {within for _, within in both.asked} == {SURVEY}


def test_what_failed_is_said_and_asked_again(papers_index, kept):
    papers = papers_of(papers_index, [HURTS])
    fitting = answered(citation_of(papers[0].paper))
    failed = replace(fitting, outcome="failed", claims=(), message="No verified answer: limit.")
    broken = Answers(fitting, at_1=failed, at_3=ModelOutputError("no JSON"))
    report = summarize(ThreadPool(broken), papers, kept)
    assert report.entries[0].answer.text == "No verified answer: limit."
    assert report.sections[0].notes == ("Data: not answered, no JSON",)
    again = Answers(fitting)
    whole = summarize(ThreadPool(again), papers, kept)
    assert [question.split(" the ")[1][:4] for question, _ in again.asked] == ["ques", "data"]
    assert [entry.answer.outcome for entry in whole.entries] == ["answered"] * 5


def test_redoing_asks_everything_and_loses_nothing_where_it_cannot(papers_index, kept):
    papers = papers_of(papers_index, [HURTS])
    fitting = answered(citation_of(papers[0].paper))
    summarize(ThreadPool(Answers(fitting)), papers, kept)
    lost = {f"at_{place}": ModelServerError("no server") for place in (1, 2, 3)}
    with pytest.raises(ModelServerError):
        summarize(ThreadPool(Answers(fitting, **lost)), papers, kept, redo=True)
    reread = KeptAnswers(kept.path, JOB)
    assert len(reread.answers) == 5
    anew = Answers(replace(fitting, run="r2"))
    summarize(ThreadPool(anew), papers, reread, redo=True)
    assert len(anew.asked) == 5
    assert {one.run for one in KeptAnswers(kept.path, JOB).answers.values()} == {"r2"}


def test_a_lost_server_ends_the_job_and_keeps_what_was_answered(papers_index, kept):
    papers = papers_of(papers_index, [HURTS])
    fitting = answered(citation_of(papers[0].paper))
    lost = {f"at_{place}": ModelServerError("no server") for place in (2, 3, 4)}
    with pytest.raises(ModelServerError, match="no server"):
        summarize(ThreadPool(Answers(fitting, **lost)), papers, kept)
    assert len(KeptAnswers(kept.path, JOB).answers) == 1


def test_answers_of_another_job_are_not_taken(kept, papers_index):
    papers = papers_of(papers_index, [HURTS])
    summarize(ThreadPool(Answers(answered(citation_of(papers[0].paper)))), papers, kept)
    with pytest.raises(BatchError, match="something else"):
        KeptAnswers(kept.path, {"kind": "review"})


def test_what_every_run_was_told_is_said_once(papers_index, kept):
    papers = papers_of(papers_index, [HURTS])
    told = answered(citation_of(papers[0].paper))
    told = replace(told, audit=replace(told.audit, notices=("Four bits.",)))
    late = replace(told, audit=replace(told.audit, notices=("Four bits.", "Ended early: limit.")))
    report = summarize(ThreadPool(Answers(told, at_2=late)), papers, kept, notes=["An index."])
    assert report.notes == ("An index.", "Four bits.")
    assert [one.answer.audit.notices for one in report.entries[:2]] == [
        (),
        ("Ended early: limit.",),
    ]


def test_papers_are_named_by_file_pattern_id_title_or_path(papers_index):
    paper = papers_of(papers_index, [HURTS])[0].paper
    for name in (HURTS, paper.id, paper.sha256, paper.title.upper(), str(paper.path), "01-*.PDF"):
        assert [one.paper.file for one in papers_of(papers_index, [name])] == [HURTS]
    assert len(papers_of(papers_index)) == 8
    assert [one.paper.file[:2] for one in papers_of(papers_index, ["0[78]-*", HURTS, "07*"])] == [
        "07",
        "08",
        "01",
    ]


def test_a_filter_leaves_papers_out(papers_index):
    halvorsen = PaperFilter(authors=("Halvorsen",))
    assert [one.within for one in papers_of(papers_index, where=halvorsen)] == [HURTS]
    with pytest.raises(SummaryError, match="None of the 1 papers fits author 'Halvorsen'"):
        papers_of(papers_index, [SURVEY], where=halvorsen)


def test_a_name_that_means_no_paper_is_refused_with_what_is_near(papers_index):
    with pytest.raises(PaperNotFoundError, match="Near: '01-label-smoothing-hurts-distillation"):
        papers_of(papers_index, ["01-label-smoothing.pdf"])
    assert missing_from(papers_index, [HURTS, "none.pdf", "0*"]) == ["none.pdf"]


def test_two_papers_with_one_file_name_are_told_apart_by_their_paths(tmp_path, kept):
    texts = {
        "a/paper.md": "# Tides and crabs\n\nWe ask whether tides move crabs. They do by 5 metres.",
        "b/paper.md": "# Snow and hares\n\nWe ask whether snow hides hares. It does for 9 weeks.",
    }
    with made_index(tmp_path, texts) as index:
        papers = papers_of(index, ["b/paper.md"])
        assert [one.within for one in papers] == [str(tmp_path / "b/paper.md")]
        assert len(papers_of(index, ["paper.md"])) == 2
        reply = "The authors ask whether snow hides hares, and find that it does for 9 weeks."
        report = summarize(ThreadPool(assistant_over(index, *[reply] * 5)), papers, kept)
        assert report.sections[0].heading == f"Snow and hares. {tmp_path / 'b/paper.md'}"
        assert report.papers == (papers[0].paper.id,)


def test_papers_that_a_search_cannot_tell_apart_are_refused(tmp_path):
    nested = f"z{tmp_path}/paper.md"
    texts = {"paper.md": "# Tides\n\nTides move crabs.", nested: "# Snow\n\nSnow hides hares."}
    with (
        made_index(tmp_path, texts) as index,
        pytest.raises(SummaryError, match="cannot be told from another paper of the index"),
    ):
        papers_of(index)


def test_a_near_duplicate_stands_for_the_paper_it_is_folded_into(tmp_path):
    body = " ".join(f"Sentence {n} tells how tide number {n} moved the crabs." for n in range(200))
    texts = {"a.md": f"# Tides\n\n{body}", "b.md": f"# Tides\n\n{body} The end."}
    with made_index(tmp_path, texts) as index:
        (standing,) = papers_of(index)  # whichever of the two was read first
        assert [papers_of(index, [name]) for name in texts] == [[standing], [standing]]


def test_what_a_question_is_about_comes_from_the_first_page_where_there_is_no_title(tmp_path):
    texts = {"scan_0042.md": "How many crabs do spring tides move along the shore? They move 5."}
    with made_index(tmp_path, texts) as index:
        question = items_of(papers_of(index))[0].question
    assert "“many crabs spring tides move”" in question


@given(st.text(max_size=80) | st.just("How many? When did, why does it hurt ”3 {topic} 几种方法"))
def test_a_title_never_changes_what_is_asked(title):
    for chinese in (False, True):
        for aspect in aspects_of(chinese=chinese):
            question = aspect.ask(topic_of(title, ""))
            assert asked_for(question) is None
            assert premise_of(question) is None
            assert question.count("”") == 1
            assert not any(character in "0123456789" for character in question)


def test_the_ids_of_kept_answers_name_the_content_of_a_paper(papers_index, kept):
    papers = papers_of(papers_index, [HURTS])
    summarize(ThreadPool(Answers(answered(citation_of(papers[0].paper)))), papers, kept)
    lines = [json.loads(line) for line in kept.path.read_text().splitlines()]
    assert lines[1]["id"] == f"{papers[0].paper.sha256[:16]}:question"
