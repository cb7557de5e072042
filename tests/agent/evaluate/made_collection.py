"""A test collection of three documents and two questions."""

import json

CORPUS = [
    {"_id": "d1", "title": "Smoothing", "text": "Label smoothing helps the student network."},
    {"_id": "d/2", "title": "Sand", "text": "A pump lowers the water table in the sand."},
    {"_id": "d3", "title": "Music", "text": "Students remember songs that they heard at night."},
]
QUERIES = [
    {"_id": "q1", "text": "What does smoothing do?"},
    {"_id": "q2", "text": "What lowers the water?"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td3\t0\nq2\td/2\t1\n"


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def write_collection(folder, *, corpus=CORPUS, queries=QUERIES, qrels=QRELS):
    """Write a collection into a folder, and return it."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    (folder / "corpus.jsonl").write_text(lines(corpus), encoding="utf-8")
    (folder / "queries.jsonl").write_text(lines(queries), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder
