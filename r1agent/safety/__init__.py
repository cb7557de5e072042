"""What keeps a run honest: question screen, passage screen, answer audit, provenance marks."""
