"""A table, shown."""
