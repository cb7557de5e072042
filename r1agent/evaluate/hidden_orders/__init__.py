"""Orders to a model hidden in good papers: whether they are shown to one, and obeyed."""
