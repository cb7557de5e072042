"""What `r1agent serve --dry-run` would start on cards as they are sold, checked by published sizes.

Nothing of r1agent's own arithmetic is used for the check: parameters and shapes are written down
here from the model cards, and bytes are counted from them and from the command's own arguments.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from results import Figures

from r1agent.errors import DoesNotFitError
from r1agent.serving import Card, choose_fit, vllm_command

MIB = 2**20
DRIVER_TAKES = 500 * MIB
LEFT_FREE = 2**30
LEAST_WORKING = 1_500_000_000
"""Libraries and CUDA graphs of any vLLM server, on each card."""
MOST_WORKING = 8_000_000_000

# Name, MiB that `nvidia-smi` shows, compute capability.
KINDS = {
    "8 GB": ("NVIDIA GeForce RTX 3070", 8_192, (8, 6)),
    "12 GB": ("NVIDIA GeForce RTX 3060", 12_288, (8, 6)),
    "15 GB Turing": ("Tesla T4", 15_360, (7, 5)),
    "16 GB": ("NVIDIA GeForce RTX 4080", 16_376, (8, 9)),
    "24 GB Ampere": ("NVIDIA GeForce RTX 3090", 24_576, (8, 6)),
    "24 GB": ("NVIDIA GeForce RTX 4090", 24_564, (8, 9)),
    "32 GB": ("NVIDIA GeForce RTX 5090", 32_607, (12, 0)),
    "48 GB Ampere": ("NVIDIA RTX A6000", 49_140, (8, 6)),
    "48 GB": ("NVIDIA L40S", 46_068, (8, 9)),
    "80 GB Ampere": ("NVIDIA A100-SXM4-80GB", 81_920, (8, 0)),
    "80 GB": ("NVIDIA H100 80GB HBM3", 81_559, (9, 0)),
    "96 GB": ("NVIDIA RTX PRO 6000 Blackwell", 97_887, (12, 0)),
    "141 GB": ("NVIDIA H200", 143_771, (9, 0)),
}


@dataclass(frozen=True, slots=True)
class Published:
    """A model as its card describes it."""

    parameters: float
    in_layers: float
    """Those that are no embeddings, which alone are kept in fewer bits."""
    layers: int
    kv_heads: int
    head_dim: int
    context: int
    latent: int = 0

    def weights(self, bits: int) -> float:
        """Return bytes, with the scales of 4-bit weights in groups of 128."""
        each = {16: 2.0, 8: 1.0, 4: 0.5 + 2 / 128}[bits]
        return self.in_layers * each + (self.parameters - self.in_layers) * 2

    def token(self, parallel: int) -> float:
        """Return bytes of KV cache for a token, on a card."""
        if self.latent:
            return self.layers * self.latent * 2
        return self.layers * 2 * self.kv_heads * self.head_dim * 2 / parallel


PUBLISHED = {
    "DeepSeek-R1-Distill-Qwen-1.5B": Published(1.78e9, 1.31e9, 28, 2, 128, 131_072),
    "DeepSeek-R1-Distill-Qwen-7B": Published(7.61e9, 6.53e9, 28, 4, 128, 131_072),
    "DeepSeek-R1-Distill-Llama-8B": Published(8.03e9, 6.98e9, 32, 8, 128, 131_072),
    "DeepSeek-R1-Distill-Qwen-14B": Published(14.7e9, 13.1e9, 48, 8, 128, 131_072),
    "DeepSeek-R1-Distill-Qwen-32B": Published(32.5e9, 31.0e9, 64, 8, 128, 131_072),
    "DeepSeek-R1-Distill-Llama-70B": Published(70.6e9, 68.5e9, 80, 8, 128, 131_072),
    "DeepSeek-R1-0528-Qwen3-8B": Published(8.2e9, 6.95e9, 36, 8, 128, 131_072),
    "DeepSeek-R1": Published(671e9, 669e9, 61, 128, 128, 163_840, latent=576),
}
NAMES = {
    "r1-distill-qwen-1.5b": "DeepSeek-R1-Distill-Qwen-1.5B",
    "r1-distill-qwen-7b": "DeepSeek-R1-Distill-Qwen-7B",
    "r1-distill-llama-8b": "DeepSeek-R1-Distill-Llama-8B",
    "r1-distill-qwen-14b": "DeepSeek-R1-Distill-Qwen-14B",
    "r1-distill-qwen-32b": "DeepSeek-R1-Distill-Qwen-32B",
    "r1-distill-llama-70b": "DeepSeek-R1-Distill-Llama-70B",
    "r1-0528-qwen3-8b": "DeepSeek-R1-0528-Qwen3-8B",
    "deepseek-r1": "DeepSeek-R1",
}


@dataclass(frozen=True, slots=True)
class Case:
    """Cards, and what is asked of them."""

    kind: str
    count: int
    nodes: int
    model: str | None

    def __str__(self) -> str:
        """Name it in a line."""
        machines = f"{self.nodes} machines with " if self.nodes > 1 else ""
        return f"{machines}{self.count} x {self.kind}: {self.model or 'the best'}"


def measure(*, limit: int | None = None) -> Figures:
    """Make the command for every case, and count those that are wrong by the published sizes."""
    cases = list(every_case())[:limit]
    wrong = 0
    for case in cases:
        found = faults(case)
        wrong += bool(found)
        if found:
            print(f"  {case}: {'; '.join(found)}", flush=True)
    return {"dry_run_cases": len(cases), "dry_run_wrong": wrong}


def every_case() -> Iterator[Case]:
    """Yield every kind of card, in ones to eights, on one machine and two, with each model."""
    for kind, count, nodes in itertools.product(KINDS, (1, 2, 3, 4, 8), (1, 2)):
        for model in (None, *NAMES):
            yield Case(kind, count, nodes, model)


def made_cards(kind: str, count: int = 1) -> list[Card]:
    """Return idle cards of one kind."""
    name, mib, capability = KINDS[kind]
    return [
        Card(index, name, mib * MIB, mib * MIB - DRIVER_TAKES, capability) for index in range(count)
    ]


def faults(case: Case) -> list[str]:
    """Return what is wrong with the command for a case, or with there being none."""
    cards = made_cards(case.kind, case.count)
    try:
        fit = choose_fit(cards, model=case.model, nodes=case.nodes)
    except DoesNotFitError:
        fits = [name for name in _asked(case) if _surely_fits(name, cards, case.nodes)]
        return [f"refused, and {name} fits" for name in fits]
    command = vllm_command(Path("python"), fit, host="127.0.0.1", port=8000, served_name="r1")
    return faults_of(command, cards, case)


def faults_of(command: Sequence[str], cards: Sequence[Card], case: Case) -> list[str]:
    """Return what is wrong with a command on these cards, by the published sizes."""
    repository = _value(command, "--model")
    model = PUBLISHED[_stem(repository)]
    parallel = int(_value(command, "--tensor-parallel-size"))
    machines = int(_value(command, "--pipeline-parallel-size", "1"))
    context = int(_value(command, "--max-model-len"))
    share = float(_value(command, "--gpu-memory-utilization"))
    total, free = cards[0].total_bytes, cards[0].free_bytes
    stage = -(-model.layers // machines) / model.layers
    weights = model.weights(_bits(command)) * stage / parallel
    needed = weights + context * model.token(parallel) * stage + LEAST_WORKING
    checks = {
        "another model": case.model is None or NAMES[case.model] == _stem(repository),
        "more than its share": needed <= share * total,
        "nothing left for an index": share * total <= free - LEFT_FREE,
        "more cards than there are": parallel <= len(cards),
        "heads that do not divide": model.kv_heads % parallel == 0,
        "longer than the model": context <= model.context,
        "another number of machines": machines == case.nodes,
        "8-bit floats on an old card": not _has_floats(command, repository) or _new(cards),
    }
    return [fault for fault, holds in checks.items() if not holds]


def _surely_fits(name: str, cards: Sequence[Card], nodes: int) -> bool:
    """Say whether 4-bit weights, or 8-bit ones, fit with much room to spare."""
    model = PUBLISHED[name]
    bits = 8 if name == "DeepSeek-R1-0528-Qwen3-8B" else 4
    if bits == 8 and not _new(cards):
        return False
    parallel = 1
    while parallel * 2 <= len(cards) and model.kv_heads % (parallel * 2) == 0:
        parallel *= 2
    stage = -(-model.layers // nodes) / model.layers
    needed = model.weights(bits) * stage / parallel + 8_192 * model.token(parallel) * stage
    return needed + MOST_WORKING <= 0.85 * cards[0].free_bytes - LEFT_FREE


def _asked(case: Case) -> list[str]:
    return [NAMES[case.model]] if case.model else list(PUBLISHED)


def _value(command: Sequence[str], flag: str, default: str | None = None) -> str:
    if flag in command:
        return command[command.index(flag) + 1]
    if default is None:
        raise ValueError(f"no {flag} in the command")
    return default


def _stem(repository: str) -> str:
    name = repository.partition("/")[2]
    return max((known for known in PUBLISHED if name.startswith(known)), key=len)


def _bits(command: Sequence[str]) -> int:
    repository = _value(command, "--model")
    if repository.endswith("w4a16"):
        return 4
    if _has_floats(command, repository) or repository.endswith("w8a8"):
        return 8
    return 16


def _has_floats(command: Sequence[str], repository: str) -> bool:
    loaded_so = _value(command, "--quantization", "none").startswith("fp8")
    return loaded_so or repository.endswith(("FP8-dynamic", "deepseek-ai/DeepSeek-R1"))


def _new(cards: Sequence[Card]) -> bool:
    return min(card.compute_capability for card in cards) >= (8, 9)
