"""What is chosen fits the cards by the published sizes, and is the best that does."""

from __future__ import annotations

import json
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serve_dry_run import KINDS, NAMES, PUBLISHED, Case, faults, faults_of, made_cards

from r1agent.errors import DoesNotFitError, WeightsError
from r1agent.serving import Card, Fit, choose_fit, vllm_command
from tests.models.model_servers import Answer, http_server, send, sha256

GB = 10**9
GIB = 2**30


@pytest.fixture(autouse=True)
def nothing_fetched(tmp_path, monkeypatch):
    """Look for weights in empty folders, whatever lies on this machine."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("R1AGENT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("kind", "count", "nodes", "model", "precision", "parallel"),
    [
        ("8 GB", 1, 1, "r1-distill-qwen-1.5b", "8bit", 1),
        ("12 GB", 1, 1, "r1-distill-qwen-7b", "4bit", 1),
        ("15 GB Turing", 1, 1, "r1-distill-qwen-7b", "8bit", 1),
        ("16 GB", 1, 1, "r1-distill-qwen-7b", "fp8", 1),
        ("24 GB Ampere", 1, 1, "r1-0528-qwen3-8b", "bf16", 1),
        ("24 GB", 1, 1, "r1-0528-qwen3-8b", "fp8", 1),
        ("48 GB Ampere", 1, 1, "r1-distill-qwen-32b", "8bit", 1),
        ("48 GB", 1, 1, "r1-distill-qwen-32b", "fp8", 1),
        ("80 GB", 1, 1, "r1-distill-llama-70b", "4bit", 1),
        ("96 GB", 1, 1, "r1-distill-llama-70b", "fp8", 1),
        ("24 GB Ampere", 4, 1, "r1-distill-llama-70b", "4bit", 4),
        ("80 GB", 2, 1, "r1-distill-llama-70b", "fp8", 2),
        ("80 GB", 8, 1, "deepseek-r1", "4bit", 8),
        ("141 GB", 8, 1, "deepseek-r1", "fp8", 8),
        ("80 GB", 8, 2, "deepseek-r1", "fp8", 8),
    ],
)
def test_the_best_model_that_fits_is_chosen_with_32k(
    kind, count, nodes, model, precision, parallel
):
    fit = choose_fit(made_cards(kind, count), nodes=nodes)
    assert (fit.model, fit.precision, fit.tensor_parallel) == (model, precision, parallel)
    assert (fit.context, fit.pipeline_parallel, fit.device) == (32_768, nodes, "cuda")
    assert faults(Case(kind, count, nodes, None)) == []


@pytest.mark.parametrize("model", NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_named_model_fits_by_its_published_size_or_is_refused_with_reason(kind, model):
    assert faults(Case(kind, 2, 1, model)) == []


def test_the_check_by_published_sizes_sees_a_command_that_is_too_large():
    large = made_cards("80 GB")
    fit = choose_fit(large)
    command = vllm_command(Path("python"), fit, host="127.0.0.1", port=1, served_name="r1")
    case = Case("80 GB", 1, 1, None)
    assert faults_of(command, large, case) == []
    smaller = made_cards("24 GB")
    assert "more than its share" in faults_of(command, smaller, case)
    busy = [replace(card, free_bytes=card.total_bytes // 2) for card in large]
    assert faults_of(command, busy, case) == ["nothing left for an index"]


card = st.builds(
    Card,
    index=st.integers(0, 15),
    name=st.just("a card"),
    total_bytes=st.integers(0, 200 * GB),
    free_bytes=st.integers(0, 200 * GB),
    compute_capability=st.sampled_from([(7, 0), (7, 5), (8, 0), (8, 6), (8, 9), (9, 0), (12, 0)]),
).map(lambda one: replace(one, free_bytes=min(one.free_bytes, one.total_bytes)))


@given(
    cards=st.lists(card, min_size=1, max_size=9, unique_by=lambda one: one.index),
    model=st.sampled_from([None, *NAMES]),
    precision=st.sampled_from([None, None, "bf16", "fp8", "8bit", "4bit"]),
    context=st.sampled_from([None, None, 1_024, 50_000, 131_072, 1_000_000]),
    reserved=st.integers(0, 30 * GB),
    nodes=st.integers(1, 3),
)
def test_whatever_the_cards_a_choice_keeps_within_them(
    cards, model, precision, context, reserved, nodes
):
    try:
        fit = choose_fit(
            cards,
            model=model,
            precision=precision,
            context=context,
            reserved_bytes=reserved,
            nodes=nodes,
        )
    except DoesNotFitError:
        return
    used = [one for one in cards if one.index in fit.cards]
    published = PUBLISHED[NAMES[fit.model]]
    bits = {"bf16": 16, "fp8": 8, "8bit": 8, "4bit": 4}[fit.precision]
    stage = -(-published.layers // nodes) / published.layers
    weights = published.weights(bits) * stage / fit.tensor_parallel
    cache = fit.context * published.token(fit.tensor_parallel) * stage
    for one in used:
        assert fit.memory_share * one.total_bytes <= one.free_bytes - reserved
        assert weights + cache <= fit.memory_share * one.total_bytes
    assert len(used) == fit.tensor_parallel
    assert published.kv_heads % fit.tensor_parallel == 0
    assert fit.context <= published.context
    assert fit.context == context or context is None
    assert precision in (None, fit.precision)
    assert model in (None, fit.model)
    assert fit.kv_tokens >= fit.context
    assert min(one.compute_capability for one in used) >= (
        (8, 9) if bits == 8 and (fit.precision == "fp8") else (7, 5)
    )


def test_the_arithmetic_is_told_in_bytes_that_add_up():
    fit = choose_fit(made_cards("48 GB"))
    assert fit.arithmetic[1] == (
        "weights 34.3 GB + KV cache 8.6 GB (32,768 tokens x 262,144 bytes) + 2.2 GB working "
        "= 45.2 GB of 45.8 GB on the card"
    )
    assert "1 prompt of full length or 4 of 8,192 tokens at once" in fit.arithmetic[2]


def test_machines_share_the_layers_and_each_card_holds_the_latents_of_all_heads():
    fit = choose_fit(made_cards("80 GB", 8), nodes=2)
    assert fit.arithmetic[1].startswith(
        "weights 43.7 GB + KV cache 1.2 GB (32,768 tokens x 35,712 bytes)"
    )


def test_no_more_cards_work_together_than_there_are_groups_of_heads(tmp_path):
    folder = weights_in(tmp_path / "mine", config={"intermediate_size": 4096})
    fit = choose_fit(made_cards("24 GB", 4), model=str(folder))
    assert (CONFIG["num_key_value_heads"], fit.tensor_parallel) == (2, 2)


def test_less_context_is_taken_where_32k_does_not_fit():
    fit = choose_fit(made_cards("16 GB"), model="r1-0528-qwen3-8b")
    assert (fit.context, fit.precision) == (16_384, "fp8")


def test_cards_before_ampere_compute_in_16_bit_floats_of_the_older_kind():
    assert choose_fit(made_cards("15 GB Turing")).dtype == "float16"
    assert choose_fit(made_cards("24 GB Ampere")).dtype == "bfloat16"


def test_of_unlike_cards_those_with_most_free_are_used():
    cards = [*made_cards("24 GB"), replace(made_cards("80 GB")[0], index=1)]
    fit = choose_fit(cards, model="r1-distill-qwen-1.5b", precision="4bit", context=1024)
    assert fit.tensor_parallel == 2
    busy = replace(cards[0], free_bytes=2 * GB)
    assert choose_fit([busy, cards[1]]).cards == (1,)


def test_memory_is_left_for_an_index_where_more_is_asked():
    card = made_cards("80 GB")[0]
    fit = choose_fit([card], reserved_bytes=20 * GB)
    assert fit.memory_share * card.total_bytes <= card.free_bytes - 20 * GB


@pytest.mark.parametrize(
    ("kind", "wishes", "told"),
    [
        ("24 GB Ampere", {"precision": "fp8"}, "has compute capability 8.6.*fp8 wants 8.9"),
        ("32 GB", {"model": "r1-distill-qwen-7b", "precision": "8bit"}, "8bit 7.5 to 9.x"),
        ("24 GB", {"model": "deepseek-r1"}, "352.4 GB.*too much. To do:.*smaller model"),
        ("24 GB", {"model": "deepseek-r1", "precision": "bf16"}, "known: 4bit, fp8"),
        ("24 GB", {"context": 200_000}, "200,000 tokens.*made for 163,840 at most"),
        ("24 GB", {"local_only": True}, "not on this machine. Fetch them"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(kind, wishes, told):
    with pytest.raises(DoesNotFitError, match=told):
        choose_fit(made_cards(kind), **wishes)


@pytest.mark.parametrize(
    ("kind", "model", "enough"), [("24 GB", "r1-distill-llama-70b", 4), ("80 GB", "deepseek-r1", 8)]
)
def test_a_model_that_is_too_large_says_how_many_such_cards_would_do(kind, model, enough):
    with pytest.raises(DoesNotFitError, match=f"take {enough} such cards, which are enough"):
        choose_fit(made_cards(kind), model=model)
    card = made_cards(kind)[0]
    cards = [replace(card, index=index) for index in range(enough)]
    assert choose_fit(cards, model=model).tensor_parallel == enough
    with pytest.raises(DoesNotFitError):
        choose_fit(cards[: enough // 2], model=model)


def test_a_card_that_is_full_is_told():
    with pytest.raises(
        DoesNotFitError, match=r"no memory is free, and even `r1-distill-qwen-1\.5b`"
    ):
        choose_fit([replace(made_cards("24 GB")[0], free_bytes=GIB)])


def test_a_name_nobody_knows_is_refused_with_the_nearest():
    with pytest.raises(WeightsError, match="did you mean `r1-distill-qwen-32b`"):
        choose_fit(made_cards("80 GB"), model="r1-distil-qwen-32b")


def test_weights_of_the_embedded_engine_are_refused_by_name():
    with pytest.raises(WeightsError, match=r"a file for the embedded engine.*`r1-distill-qwen-7b`"):
        choose_fit(made_cards("80 GB"), model="qwen2.5-coder-1.5b")


def test_without_cards_a_small_model_runs_on_the_processor():
    fit = choose_fit([], memory_bytes=20 * GIB)
    assert (fit.device, fit.model, fit.precision) == ("cpu", "r1-distill-qwen-1.5b", "bf16")
    assert (fit.context, fit.kv_bytes, fit.cards) == (32_768, 2 * GIB, ())


def test_on_the_processor_context_shrinks_with_memory_until_nothing_fits():
    sizes = [choose_fit([], memory_bytes=int(gib * GIB)).context for gib in (20, 8.2)]
    assert sizes == [32_768, 32_768]
    assert choose_fit([], memory_bytes=9 * GIB).kv_bytes == GIB
    with pytest.raises(DoesNotFitError, match="can be used of memory"):
        choose_fit([], memory_bytes=5 * GIB)


CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 512,
    "intermediate_size": 1024,
    "max_position_embeddings": 2048,
    "num_attention_heads": 8,
    "num_hidden_layers": 4,
    "num_key_value_heads": 2,
    "vocab_size": 1000,
}


def weights_in(folder: Path, *, config: dict[str, object] | None = None, size: int = 4096) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG | (config or {})))
    (folder / "model.safetensors").write_bytes(bytes(size))
    return folder


def test_a_folder_is_served_with_the_numbers_of_its_own_config(tmp_path):
    folder = weights_in(tmp_path / "mine")
    fit = choose_fit(made_cards("24 GB"), model=str(folder), precision="bf16")
    assert (fit.model, fit.repository, fit.is_local) == (str(folder), str(folder), True)
    assert (fit.context, fit.reasoning_parser, fit.quantization) == (2048, None, None)
    assert "(2,048 tokens x 2,048 bytes)" in fit.arithmetic[1]


@pytest.mark.parametrize(
    ("quantized", "precision"),
    [
        ({"quant_method": "fp8"}, "fp8"),
        ({"quant_method": "awq", "bits": 4}, "4bit"),
        ({"quant_method": "gptq", "bits": 8}, "8bit"),
        ({"config_groups": {"a": {"weights": {"num_bits": 8, "type": "float"}}}}, "fp8"),
        ({"config_groups": {"a": {"weights": {"num_bits": 8, "type": "int"}}}}, "8bit"),
        ({"config_groups": {"a": {"weights": {"num_bits": 4, "type": "int"}}}}, "4bit"),
    ],
)
def test_the_precision_of_a_folder_is_read_from_its_config(tmp_path, quantized, precision):
    folder = weights_in(tmp_path / "mine", config={"quantization_config": quantized})
    assert choose_fit(made_cards("24 GB"), model=str(folder)).precision == precision


@pytest.mark.parametrize(
    ("template", "parser"),
    [
        ("{{ message }}<think>\\n", "deepseek_r1"),
        ("{% if enable_thinking is defined %}<think></think>{% endif %}", "qwen3"),
    ],
)
def test_the_reasoning_parser_of_a_folder_is_that_of_its_template(tmp_path, template, parser):
    folder = weights_in(tmp_path / "mine")
    tokens = {"added_tokens_decoder": {"7": {"content": "</think>"}}, "chat_template": template}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokens))
    assert choose_fit(made_cards("24 GB"), model=str(folder)).reasoning_parser == parser


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("config.json", "cannot be read"),
        ("model.safetensors", "There are no weights in"),
    ],
)
def test_a_folder_that_lacks_something_is_refused_by_what_it_lacks(tmp_path, broken, told):
    folder = weights_in(tmp_path / "mine")
    (folder / broken).unlink()
    with pytest.raises(WeightsError, match=told):
        choose_fit(made_cards("24 GB"), model=str(folder))


def test_a_config_of_another_kind_of_model_is_refused(tmp_path):
    folder = weights_in(tmp_path / "mine")
    (folder / "config.json").write_text('{"model_type": "vit"}')
    with pytest.raises(WeightsError, match="not that of a language model"):
        choose_fit(made_cards("24 GB"), model=str(folder))


def in_hub_cache(hub: Path, repository: str) -> Path:
    home = hub / f"models--{repository.replace('/', '--')}"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text("abc123")
    return weights_in(home / "snapshots" / "abc123")


def test_weights_in_the_cache_of_the_hub_are_served_from_there(tmp_path):
    folder = in_hub_cache(tmp_path / "hub", "RedHatAI/DeepSeek-R1-Distill-Qwen-7B-quantized.w4a16")
    fit = choose_fit(made_cards("80 GB"), local_only=True)
    assert (fit.model, fit.precision) == ("r1-distill-qwen-7b", "4bit")
    assert (fit.repository, fit.is_local) == (str(folder), True)


def test_a_repository_the_registry_does_not_know_is_served_from_the_cache_of_the_hub(tmp_path):
    folder = in_hub_cache(tmp_path / "hub", "somebody/something")
    fit = choose_fit(made_cards("24 GB"), model="somebody/something", precision="bf16")
    assert (fit.model, fit.repository) == ("somebody/something", str(folder))


def test_a_fetch_that_was_cut_off_is_no_folder_of_weights(tmp_path):
    folder = in_hub_cache(tmp_path / "hub", "somebody/something")
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(WeightsError, match=r"There is no folder .* in the hub's cache"):
        choose_fit(made_cards("24 GB"), model="somebody/something", local_only=True)


def repository_of(folder: Path, asked: list[str]) -> Answer:
    """Serve a folder as the hub does: the list of its files, and each of them."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        name = request.path.rsplit("/", 1)[-1]
        asked.append(name)
        if name == "main":
            send(request, json.dumps([_row(path) for path in folder.iterdir()]))
        else:
            send(request, (folder / name).read_bytes())

    return answer


def _row(path: Path) -> dict[str, object]:
    data = path.read_bytes()
    return {"type": "file", "path": path.name, "size": len(data), "lfs": {"oid": sha256(data)}}


def test_a_repository_nobody_here_knows_is_described_by_the_hub_without_its_weights(
    tmp_path, monkeypatch
):
    folder = weights_in(tmp_path / "mine", size=5000)
    (folder / "tokenizer.json").write_text('{"added_tokens": [{"content": "</think>"}]}')
    asked: list[str] = []
    with http_server(repository_of(folder, asked)) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        fit = choose_fit(made_cards("24 GB"), model="somebody/something", precision="bf16")
    assert (fit.repository, fit.is_local, fit.context) == ("somebody/something", False, 2048)
    assert fit.reasoning_parser == "deepseek_r1"
    assert sorted(asked) == ["config.json", "main", "tokenizer.json"]


def test_a_hub_that_is_out_of_reach_is_told(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with pytest.raises(WeightsError, match=r"out of reach.*Name a folder"):
        choose_fit(made_cards("24 GB"), model="somebody/something")


def test_the_hub_is_left_alone_where_it_is_forbidden(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(WeightsError, match="`HF_HUB_OFFLINE` forbids the hub"):
        choose_fit(made_cards("24 GB"), model="somebody/something")


@pytest.mark.parametrize("path", ["./nowhere/at-all", "/nowhere/at-all", "../a/b", "a/b/c"])
def test_a_path_that_is_not_there_is_no_repository(path):
    with pytest.raises(WeightsError, match="There is no folder"):
        choose_fit(made_cards("24 GB"), model=path)


def test_16_bit_weights_that_are_here_are_shrunk_by_vllm_where_they_fit_only_so(tmp_path):
    repository = "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B"
    in_hub_cache(tmp_path / "hub", repository)
    fit = choose_fit(made_cards("32 GB"), model="r1-distill-qwen-14b", local_only=True)
    assert (fit.precision, fit.quantization) == ("fp8", "fp8_per_tensor")


def test_a_repository_of_the_registry_can_be_named_as_such():
    name = "RedHatAI/DeepSeek-R1-Distill-Qwen-32B-quantized.w4a16"
    fit: Fit = choose_fit(made_cards("80 GB"), model=name)
    assert (fit.model, fit.repository, fit.precision) == (name, name, "4bit")
    assert fit.reasoning_parser == "deepseek_r1"
