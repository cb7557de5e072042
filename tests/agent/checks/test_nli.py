"""An NLI cross-encoder from a folder: labels in any order, and nothing fetched."""

import json

import nbformat
import pytest
from nbclient import NotebookClient

from r1agent.checks.entailment import EntailmentCheck
from r1agent.checks.finding import Sources
from r1agent.checks.nli import NliJudge, is_present, label_places, load_nli
from r1agent.errors import SettingsError

QUOTE = "Dropout lowered the error."
CLAIM = "Dropout lowered the error."
ORDERS = [
    ("contradiction", "entailment", "neutral"),
    ("entailment", "neutral", "contradiction"),
    ("NEUTRAL", "CONTRADICTION", "ENTAILMENT"),
]


def make_cross_encoder(folder, labels, *, winner):
    """Save a tiny model that gives every pair the label `winner`."""
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "dropout", "lowered", "the", "error"]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    tokenizer = transformers.BertTokenizerFast(str(folder / "vocab.txt"))
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: place for place, label in enumerate(labels)},
    )
    model = transformers.BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.zero_()
        model.classifier.bias[labels.index(winner)] = 5.0
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize("labels", ORDERS)
@pytest.mark.parametrize("word", ["entail", "contra", "neutral"])
def test_the_order_of_the_labels_is_read_from_the_model(tmp_path, labels, word):
    winner = next(label for label in labels if label.lower().startswith(word))
    judge = load_nli(make_cross_encoder(tmp_path / "nli", labels, winner=winner))
    judged = judge.judge(QUOTE, CLAIM)
    assert (judged.supported > 0.9) == (word == "entail")
    assert (judged.contradicted > 0.9) == (word == "contra")


def test_a_notebook_sees_neither_a_bar_nor_a_warning(tmp_path):
    folder = make_cross_encoder(tmp_path / "nli", ORDERS[0], winner="neutral")
    told = (
        f"from r1agent.checks.nli import load_nli\nload_nli({folder!r}).judge('a', 'b').supported"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(told)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output["output_type"] == "execute_result"


def test_the_check_follows_the_model_and_names_it(tmp_path):
    folder = make_cross_encoder(tmp_path / "small-nli", ORDERS[0], winner="contradiction")
    check = EntailmentCheck(judge=load_nli(folder))
    assert check.method == "NLI model small-nli"
    assert check.check(CLAIM, Sources((QUOTE,))).support == "contradicted"


def test_a_model_without_these_labels_is_refused(tmp_path):
    folder = make_cross_encoder(tmp_path / "ranker", ("LABEL_0", "LABEL_1"), winner="LABEL_0")
    with pytest.raises(SettingsError, match="has the labels LABEL_0, LABEL_1; wanted entailment"):
        NliJudge(folder).judge(QUOTE, CLAIM)


def test_a_folder_that_holds_no_model_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}), encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be loaded"):
        NliJudge(str(tmp_path)).judge(QUOTE, CLAIM)


def test_a_model_that_is_not_here_is_not_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert not is_present("somebody/some-nli")
    assert load_nli("somebody/some-nli") is None


def test_a_model_in_the_cache_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--somebody--some-nli" / "snapshots" / "abc"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}", encoding="utf-8")
    assert not is_present("somebody/some-nli")
    (folder / "model.safetensors").write_bytes(b"")
    assert is_present("somebody/some-nli")


def test_labels_that_only_say_neutral_and_entailment_are_not_enough():
    with pytest.raises(SettingsError, match="wanted entailment and contradiction"):
        label_places({0: "entailment", 1: "neutral"}, "x")
