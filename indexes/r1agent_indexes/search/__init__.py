"""A question -> ranked passages."""
