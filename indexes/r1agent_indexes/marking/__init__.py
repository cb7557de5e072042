"""Quotes as highlights in a copy of their paper."""
