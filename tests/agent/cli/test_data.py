"""`--data`: a folder that programs may read."""

import pytest

from tests.agent.cli.commands import run
from tests.agent.cli.scripted_server import MATHEMATICS, scripted_server

READS_A = """```python
import os
print(sum(int(line) for line in open(os.environ["DATA"] + "/numbers.txt")))
```"""
READS_B = """```python
import os
total = 0
for line in open(os.path.join(os.environ["DATA"], "numbers.txt")):
    total += int(line)
print(total)
```"""
QUESTION = "What is the sum of the numbers in numbers.txt?"


@pytest.fixture
def reader():
    replies = MATHEMATICS | {"program": READS_A, "other program": READS_B}
    with scripted_server(replies) as address:
        yield address


@pytest.fixture
def data(folder):
    made = folder / "measured"
    made.mkdir(mode=0o755)
    (made / "numbers.txt").write_text("5000\n50\n")
    return made


def test_ask_answers_from_a_file(reader, data):
    result = run("ask", QUESTION, "--base-url", reader, "--data", "measured", "--quiet")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("The sum is 5050. [a]")


def test_batch_answers_from_a_file(reader, data, folder):
    words = ["batch", "-", "-o", "out.jsonl", "--base-url", reader, "--data", "measured"]
    result = run(*words, input=f"{QUESTION}\n")
    assert result.exit_code == 0, result.output
    assert "The sum is 5050." in (folder / "out.jsonl").read_text()


def test_chat_answers_from_a_file(reader, data):
    words = ["chat", "--base-url", reader, "--data", "measured", "--quiet"]
    result = run(*words, input=f"{QUESTION}\n/quit\n")
    assert "The sum is 5050." in result.stdout


@pytest.mark.parametrize("words", [["ask", QUESTION], ["chat"], ["batch", "-", "-o", "out.jsonl"]])
def test_a_folder_that_is_not_there_is_one_sentence(folder, words):
    result = run(
        *words, "--data", "none", "--quiet", "--base-url", "http://127.0.0.1:9/v1", input="x\n"
    )
    assert result.exit_code == 1
    assert "none' is not there. Give `data` a folder that is there." in result.stderr
    assert len(result.stderr.splitlines()) == 1
