"""The registry's numbers for a server are those that are published."""

from __future__ import annotations

import pytest

from r1agent.models import find_model, list_models
from r1agent.models.shape import Shape, precision_of, shape_of

SERVED = [entry for entry in list_models() if entry.shape]

# Bytes, as the hub's index of each repository's files states them.
INDEXED = {
    "r1-distill-qwen-7b": 15_231_233_024,
    "r1-distill-llama-8b": 16_060_522_496,
    "r1-distill-qwen-14b": 29_540_067_328,
    "r1-distill-qwen-32b": 65_527_752_704,
    "r1-distill-llama-70b": 141_107_412_992,
    "r1-0528-qwen3-8b": 16_381_470_720,
    "deepseek-r1": 688_586_727_753,
}


def size_of(name: str, precision: str) -> int:
    return next(one.size for one in find_model(name).weights if one.precision == precision)


def test_eight_models_are_served_by_vllm():
    assert [entry.name for entry in SERVED] == [
        "r1-distill-qwen-1.5b",
        "r1-distill-qwen-7b",
        "r1-distill-llama-8b",
        "r1-distill-qwen-14b",
        "r1-distill-qwen-32b",
        "r1-distill-llama-70b",
        "r1-0528-qwen3-8b",
        "deepseek-r1",
    ]


@pytest.mark.parametrize("name", INDEXED)
def test_the_publishers_own_weights_have_the_size_the_hub_states(name):
    entry = find_model(name)
    assert entry.weights[0].size == INDEXED[name]
    assert entry.weights[0].repository == entry.repository


def test_weights_in_4_bits_are_as_large_as_a_published_folder_of_them():
    # dwetzel/DeepSeek-R1-Distill-Qwen-32B-GPTQ-INT4, five files of that format.
    published = (4.0 + 3.95 + 3.95 + 3.99 + 3.32) * 1e9
    assert size_of("r1-distill-qwen-32b", "4bit") == pytest.approx(published, rel=0.002)


@pytest.mark.parametrize("entry", SERVED, ids=lambda entry: entry.name)
def test_fewer_bits_are_never_larger_and_every_precision_is_there_once(entry):
    sizes = [weights.size for weights in entry.weights]
    precisions = [weights.precision for weights in entry.weights]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(precisions)) == len(precisions)


# Of a mixture of experts the shape tells only what the cache needs.
DENSE = [entry for entry in SERVED if not entry.shape.latent]


@pytest.mark.parametrize("entry", DENSE, ids=lambda entry: entry.name)
def test_a_shape_holds_as_many_weights_as_the_model_has(entry):
    embeddings = 2 * entry.shape.vocabulary * entry.shape.hidden
    counted = entry.shape.linear_parameters + embeddings
    assert counted == pytest.approx(entry.parameters, rel=0.005)


QWEN3 = {
    "head_dim": 128,
    "hidden_size": 4096,
    "intermediate_size": 12288,
    "num_attention_heads": 32,
    "num_hidden_layers": 36,
    "num_key_value_heads": 8,
    "vocab_size": 151936,
}
QWEN2 = {
    "hidden_size": 5120,
    "intermediate_size": 27648,
    "num_attention_heads": 40,
    "num_hidden_layers": 64,
    "num_key_value_heads": 8,
    "vocab_size": 152064,
}
R1 = {
    "hidden_size": 7168,
    "intermediate_size": 18432,
    "kv_lora_rank": 512,
    "num_attention_heads": 128,
    "num_hidden_layers": 61,
    "num_key_value_heads": 128,
    "q_lora_rank": 1536,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "vocab_size": 129280,
}


@pytest.mark.parametrize(
    ("config", "kv_bytes"),
    [(QWEN3, 147_456), (QWEN2, 262_144), (R1, 70_272)],
    ids=["its own width of heads", "the hidden size over the heads", "latent attention"],
)
def test_a_token_of_cache_takes_what_the_config_says(config, kv_bytes):
    assert shape_of(config).kv_bytes == kv_bytes


@pytest.mark.parametrize(
    ("name", "config"), [("r1-0528-qwen3-8b", QWEN3), ("r1-distill-qwen-32b", QWEN2)]
)
def test_the_registry_has_the_shape_of_the_published_config(name, config):
    assert find_model(name).shape == shape_of(config)


def test_a_model_without_groups_of_heads_keeps_keys_for_each():
    config = {key: value for key, value in QWEN2.items() if key != "num_key_value_heads"}
    assert shape_of(config).kv_heads == 40


def test_a_config_of_something_else_is_no_shape():
    with pytest.raises(KeyError, match="num_attention_heads"):
        shape_of({"model_type": "vit"})


def test_16_bits_is_what_a_config_without_quantisation_means():
    assert precision_of({}) == "bf16"


def test_the_registry_has_the_latent_width_of_r1():
    assert find_model("deepseek-r1").shape == Shape(
        layers=61,
        hidden=7168,
        intermediate=18432,
        heads=128,
        kv_heads=128,
        head_dim=128,
        vocabulary=129280,
        latent=576,
    )


def test_a_cache_holds_as_many_tokens_as_vllm_says_it_does():
    smollm2 = {
        "hidden_size": 576,
        "intermediate_size": 1536,
        "num_attention_heads": 9,
        "num_hidden_layers": 30,
        "num_key_value_heads": 3,
        "vocab_size": 49152,
    }
    # vLLM 0.32, given 1 GiB: "CPU KV cache size: 46,592 tokens", in blocks of 128.
    assert 2**30 // shape_of(smollm2).kv_bytes // 128 * 128 == 46_592
