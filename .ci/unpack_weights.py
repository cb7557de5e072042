"""Unpack a GGUF file into a folder of bfloat16 safetensors: `unpack_weights.py GGUF FOLDER`.

vLLM reads no GGUF. Runs with the Python of `.venv-vllm`; a folder that is there is whole.
"""

import shutil
import sys
from pathlib import Path


def main() -> int:
    """Unpack beside the folder and give it its name at the end."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    gguf, folder = Path(sys.argv[1]), Path(sys.argv[2])
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        dtype=torch.bfloat16,
        quantization_config=GgufConfig(dequantize=True),
    )
    model.save_pretrained(unfinished)
    tokenizer.save_pretrained(unfinished)
    unfinished.rename(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
