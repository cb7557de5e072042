"""Run Python that nobody has to trust: one layer of protection a file, `confine.py` the order."""
