"""Faults planted into true pairs of sentence and quote, to see whether the gate finds them."""
