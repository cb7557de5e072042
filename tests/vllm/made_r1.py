"""Make a tiny model that thinks as DeepSeek-R1 does and knows nothing: `made_r1.py FOLDER`.

Runs with the Python of `.venv-vllm`. Its weights are random but for three directions: one says how
likely each token is, two remember that the thought was closed. So it thinks some forty random
letters, closes the thought once, answers some twenty letters and ends. The tokenizer has a token
for each byte, R1's own marks, and R1's chat template.
"""

import sys
from pathlib import Path

BEGIN, END = (f"<\uff5c{name}\u2581of\u2581sentence\uff5c>" for name in ("begin", "end"))
USER, ASSISTANT = (f"<\uff5c{name}\uff5c>" for name in ("User", "Assistant"))
THINK, NO_MORE = "<think>", "</think>"
TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] }}{% endif %}"
    "{% if message['role'] == 'user' %}{{ '" + USER + "' + message['content'] }}{% endif %}"
    "{% if message['role'] == 'assistant' %}{% set content = message['content'] %}"
    "{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}"
    "{{ '" + ASSISTANT + "' + content + '" + END + "' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '" + ASSISTANT + "<think>\\n' }}{% endif %}"
)
"""As the card of DeepSeek-R1 has it, without tools: it opens a thought, and drops earlier ones."""

HIDDEN, HEAD = 64, 32
ALWAYS, CLOSING, CLOSED = 0, 1, 2
"""Directions: in every token, in `</think>`, and in every token after it."""
LOUD = 10.0
SLOWEST = HEAD // 2 - 1  # what rotary positions hardly turn
NEVER = -30.0


def main() -> int:
    """Write the tokenizer and the weights."""
    folder = Path(sys.argv[1])
    tokenizer = byte_tokenizer()
    tokenizer.save_pretrained(folder)
    random_model(tokenizer).save_pretrained(folder)
    return 0


def byte_tokenizer():
    """Return a tokenizer with a token for each byte; `<think>` is a token but not a special one."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE({letter: at for at, letter in enumerate(letters)}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(mark, special=True) for mark in (BEGIN, END)])
    marks = (USER, ASSISTANT, THINK, NO_MORE)
    made.add_tokens([AddedToken(mark, special=False, normalized=False) for mark in marks])
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=END,
        chat_template=TEMPLATE,
    )


def random_model(tokenizer):
    """Return two layers of Qwen2, as R1's smallest distill has more of."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(1)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=HIDDEN,
            intermediate_size=2 * HIDDEN,
            num_hidden_layers=2,
            num_attention_heads=HIDDEN // HEAD,
            num_key_value_heads=1,
            max_position_embeddings=8192,
            tie_word_embeddings=False,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    with torch.no_grad():
        embeddings = model.model.embed_tokens.weight
        embeddings[:, [ALWAYS, CLOSING, CLOSED]] = torch.tensor([LOUD, 0.0, 0.0])
        embeddings[tokenizer.convert_tokens_to_ids(NO_MORE), CLOSING] = LOUD
        remember_closing(model.model.layers[0].self_attn)
        weights = torch.tensor([likelihood(token) for token in all_tokens(tokenizer)])
        model.lm_head.weight[:, [ALWAYS, CLOSED]] = weights
    return model.to(torch.bfloat16)


def remember_closing(attention) -> None:
    """Have every token look for `</think>` before it, and note CLOSED where it is."""
    for part in (attention.q_proj, attention.k_proj, attention.v_proj):
        part.weight.zero_()
        part.bias.zero_()
    attention.q_proj.bias[SLOWEST::HEAD] = 5.0
    attention.k_proj.weight[SLOWEST, CLOSING] = 5.0  # so large that nothing else is looked at
    attention.v_proj.weight[0, CLOSING] = 1.0
    attention.o_proj.weight.zero_()
    attention.o_proj.weight[CLOSED, 0] = LOUD / (HIDDEN / 2) ** 0.5


def all_tokens(tokenizer) -> list[str]:
    """Return the tokens in the order of their ids."""
    return tokenizer.convert_ids_to_tokens(range(len(tokenizer)))


def likelihood(token: str) -> list[float]:
    """Return what ALWAYS and CLOSED say for a token: letters alike, and each mark in its time.

    The last norm makes the one direction 8 in a thought, and both 5.7 after it.
    """
    if token == NO_MORE:
        return [0.125, NEVER]
    if token == END:
        return [NEVER, 0.25 - NEVER]
    return [0.0 if printable(token) else NEVER, 0.0]


def printable(token: str) -> bool:
    """Tell whether a token is one letter, digit or sign of ASCII, or a space."""
    return token == "Ġ" or (len(token) == 1 and "!" <= token <= "~")


if __name__ == "__main__":
    sys.exit(main())
