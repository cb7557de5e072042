"""What the memory of a server depends on: a model's shape, and the sizes of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Precision = Literal["bf16", "fp8", "8bit", "4bit"]
"""How weights are stored: 16 bits, 8-bit floats, 8-bit integers, 4-bit integers."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers of a model's `config.json` that memory and parallelism follow from."""

    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    latent: int = 0
    """Numbers a layer keeps for a token in place of keys and values (R1's latent attention)."""

    @property
    def kv_bytes(self) -> int:
        """Bytes that one token takes in the KV cache, in 16 bits, over all layers."""
        numbers = self.latent or 2 * self.kv_heads * self.head_dim
        return 2 * self.layers * numbers

    @property
    def linear_parameters(self) -> int:
        """Weights of the dense layers, which quantisation shrinks; not of the embeddings."""
        attention = 2 * self.hidden * self.head_dim * (self.heads + self.kv_heads)
        return self.layers * (attention + 3 * self.hidden * self.intermediate)


@dataclass(frozen=True, slots=True)
class Weights:
    """Published weights of a model in one precision."""

    precision: Precision
    repository: str
    size: int
    """Bytes on the cards, all together."""
    quantization: str | None = None
    """What vLLM is to do to them while it loads; None: they are served as they lie there."""


def shape_of(config: Mapping[str, Any]) -> Shape:
    """Read the shape from a model's `config.json`.

    Raises:
        KeyError: The config is not that of a language model.
    """
    heads = config["num_attention_heads"]
    latent = config.get("kv_lora_rank") or 0
    return Shape(
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        intermediate=config["intermediate_size"],
        heads=heads,
        kv_heads=config.get("num_key_value_heads") or heads,
        head_dim=config.get("head_dim") or config["hidden_size"] // heads,
        vocabulary=config["vocab_size"],
        latent=latent and latent + config["qk_rope_head_dim"],
    )


def precision_of(config: Mapping[str, Any]) -> Precision:
    """Read from a model's `config.json` how its weights are stored."""
    quantized = config.get("quantization_config")
    if not quantized:
        return "bf16"
    if quantized.get("quant_method") == "fp8":
        return "fp8"
    groups = quantized.get("config_groups", {}).values()
    weights = [group["weights"] for group in groups if group.get("weights")]
    kinds = {(row.get("num_bits"), row.get("type")) for row in weights}
    if kinds == {(8, "float")}:
        return "fp8"
    bits = {row.get("num_bits") for row in weights} or {quantized.get("bits", 4)}
    return "8bit" if bits == {8} else "4bit"
