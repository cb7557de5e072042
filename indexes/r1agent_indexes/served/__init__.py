"""Embedding models and rerankers that another program serves over HTTP."""
