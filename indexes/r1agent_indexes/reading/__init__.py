"""Files of papers -> pages -> passages."""
