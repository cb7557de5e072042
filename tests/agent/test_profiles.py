"""A model is treated by the size in its name."""

import pytest

from r1agent.profiles import LARGE, SMALL, profile_for


@pytest.mark.parametrize(
    "name",
    ["qwen2.5-coder-1.5b", "smollm2-135m", "Qwen2.5-0.5B-Instruct", "SmolLM2-135M-Instruct.gguf"],
)
def test_a_small_model_gets_smaller_requests(name):
    assert profile_for(name) == SMALL


@pytest.mark.parametrize("name", ["qwen2.5-7b", "Llama-3.1-70B-Instruct", "deepseek-chat", "gpt-x"])
def test_a_large_model_and_one_without_a_size_plan_freely(name):
    assert profile_for(name) == LARGE


def test_a_small_reasoning_model_keeps_its_allowance_for_thoughts():
    profile = profile_for("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B")
    assert not profile.plans_freely
    assert profile.thinking_tokens == 4096
    assert profile.starts_in_thought
    assert not profile.works_in_words  # its thoughts are these words


def test_a_large_reasoning_model_plans_freely_and_thinks():
    profile = profile_for("deepseek-r1-distill-qwen-32b")
    assert profile.plans_freely
    assert profile.starts_in_thought


def test_a_thinking_model_of_another_family_gets_the_allowance_too():
    assert profile_for("qwen3-4b-thinking").thinking_tokens == 4096


def test_experts_are_counted_by_the_largest_size_in_the_name():
    assert profile_for("Qwen3-30B-A3B").plans_freely
