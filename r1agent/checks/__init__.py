"""The checks that a sentence must pass; each one class with one method."""
