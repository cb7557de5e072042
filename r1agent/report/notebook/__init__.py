"""What stands in a notebook."""
