"""The papers that are cited."""
