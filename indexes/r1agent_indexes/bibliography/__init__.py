"""What is known about a paper: from itself, from exports beside it, from registries when asked."""
