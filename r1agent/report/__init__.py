"""The shapes an answer is shown in: terminal, Markdown and notebook."""
