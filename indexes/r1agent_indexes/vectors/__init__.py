"""The nearest embeddings: FAISS, and vector stores that stand in for it."""
