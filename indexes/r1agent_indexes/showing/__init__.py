"""What an index and its search results look like in a notebook."""
