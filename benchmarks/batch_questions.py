"""As many questions about the example papers as a batch needs, no two of them alike."""

from __future__ import annotations

import random
from itertools import product

from r1agent.batch import BatchItem

SEED = 6
STUDIES = (
    "Halvorsen and Rezende",
    "Okafor and van Dijk",
    "Tanabe, Adeyemi and Monti",
    "Strand and Menon",
    "Conti and Lindqvist",
    "Brandt, Osei and Fitzgerald",
    "Petrov and Adler",
    "the papers on TidePool-30",
)
SUBJECTS = (
    "label smoothing of the teacher",
    "the student of 0.27 million parameters",
    "students at temperature 1",
    "students at temperature 4",
    "students at temperature 8",
    "the teacher's accuracy",
    "the teacher's last epoch",
    "the best validation epoch",
    "the calibration error of the student",
    "the weight on the teacher's probabilities",
    "the size of the student network",
    "the learning rate schedule",
    "the photographs of shore animals",
    "the test set of TidePool-30",
    "the number of random seeds",
    "Cohen's d",
    "Hedges' correction",
    "McNemar's test",
    "the confidence interval",
    "reservoir sampling with skips",
    "the running median with two heaps",
    "the augmented image",
    "a quarter of the training data",
    "the time on one graphics card",
    "the replication of earlier results",
    "open questions for later work",
)
FORMS = (
    "What do {study} report about {subject}?",
    "What did {study} conclude about {subject}?",
    "Which result of {study} concerns {subject}?",
    "How do {study} describe {subject}?",
    "Why does {subject} matter to {study}?",
    "What evidence do {study} give on {subject}?",
    "Which numbers do {study} name for {subject}?",
    "What is said of {subject} by {study}?",
    "Do {study} recommend anything about {subject}?",
    "Where do {study} mention {subject}?",
    "What limits do {study} see regarding {subject}?",
    "Which earlier paper do {study} cite on {subject}?",
    "What was measured by {study} in connection with {subject}?",
    "How certain are {study} about {subject}?",
    "Which comparison do {study} make about {subject}?",
    "What surprised {study} about {subject}?",
    "Under which conditions do {study} look at {subject}?",
    "What do {study} leave open about {subject}?",
    "Which table or figure of {study} shows {subject}?",
    "How did {study} come to their view on {subject}?",
    "What would {study} advise a reader on {subject}?",
    "Is {subject} discussed by {study}, and to what end?",
    "Which claim of {study} about {subject} has the strongest support?",
    "In the view of {study}, what does {subject} change?",
    "What role does {subject} play for {study}?",
    "Which of the findings of {study} depend on {subject}?",
)


def made_questions(number: int) -> list[BatchItem]:
    """Return the first so many questions; the first are the same whatever the number.

    Raises:
        ValueError: There are not so many.
    """
    made = list(product(STUDIES, SUBJECTS, FORMS))
    if number > len(made):
        raise ValueError(f"There are {len(made):,} questions, and {number:,} were asked for.")
    random.Random(SEED).shuffle(made)  # noqa: S311 - the same order again and again
    return [
        BatchItem(f"q{place:04}", _opened(form.format(study=study, subject=subject)))
        for place, (study, subject, form) in enumerate(made[:number])
    ]


def _opened(text: str) -> str:
    return text[0].upper() + text[1:]
