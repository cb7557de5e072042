"""Run in paper-qa's environment: the time from PDFs to searchable chunks, without any model call.

Every paper is given a citation and a name, media are left out, and no details are looked up, so
that what is timed is parsing, chunking and embedding alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from pathlib import Path


async def ingest(files: list[Path], model: str, reader: dict[str, int]) -> dict[str, float]:
    """Add all files to a new collection; the model is loaded and warm before the clock starts."""
    from paperqa import Docs, Settings, embedding_model_factory

    settings = Settings(
        embedding=f"st-{model}", parsing={"multimodal": 0, "use_doc_details": False}
    )
    settings.parsing.reader_config |= reader
    embedding = embedding_model_factory(f"st-{model}")
    await embedding.embed_documents(["A sentence to begin with. " * 40] * 16)
    docs = Docs()
    failed = 0
    started = time.perf_counter()
    for file in files:
        try:
            await docs.aadd(
                file,
                citation=f"{file.stem}, 2020",
                docname=file.stem,
                settings=settings,
                embedding_model=embedding,
            )
        except ValueError:
            failed += 1
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "chunks": len(docs.texts), "failed": failed}


def main() -> None:
    """Print what was measured as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("model")
    parser.add_argument("--reader", type=json.loads, default={})
    arguments = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    files = sorted(arguments.folder.glob("*.pdf"))
    print(json.dumps(asyncio.run(ingest(files, arguments.model, arguments.reader))))


if __name__ == "__main__":
    main()
