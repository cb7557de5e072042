import re

import pytest

from r1agent.evaluate.datasets import find_dataset, list_datasets
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.registry import TASKS

KNOWN = list_datasets()


@pytest.mark.parametrize("dataset", KNOWN, ids=lambda dataset: dataset.name)
def test_every_data_set_says_whose_it_is_and_which_bytes_are_meant(dataset):
    assert dataset.task in TASKS
    assert dataset.licence
    assert dataset.homepage.startswith("https://")
    for file in dataset.files:
        assert file.url.startswith("https://")
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert file.size is None or file.size > 0


@pytest.mark.parametrize("dataset", KNOWN, ids=lambda dataset: dataset.name)
def test_what_a_task_is_given_is_among_the_files(dataset):
    names = [name for file in dataset.files for name in file.names]
    assert dataset.read == "." or dataset.read in names
    assert len(names) == len(set(names))
    assert not any(name.startswith(("/", "..", "~")) for name in names)


@pytest.mark.parametrize("dataset", KNOWN, ids=lambda dataset: dataset.name)
def test_a_file_of_a_code_host_is_pinned_to_a_commit(dataset):
    hosted = [
        file.url
        for file in dataset.files
        if re.search(r"githubusercontent\.com|huggingface\.co", file.url)
    ]
    assert all(re.search(r"/[0-9a-f]{40}/", url) for url in hosted)


def test_names_are_unique():
    assert len({dataset.name for dataset in KNOWN}) == len(KNOWN)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(
        EvaluationError, match=r"No data set is called 'gsm8'\. Did you mean `gsm8k`"
    ):
        find_dataset("gsm8")


def test_nothing_is_held_where_nothing_was_fetched(tmp_path):
    assert find_dataset("gsm8k").held(tmp_path) is None
