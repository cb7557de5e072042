"""Text as a paper, a model or a file name may hold it to break out of an export."""

from hypothesis import strategies as st

PIECES = [
    "[^1]", "[^x]: ", "](http://evil)", "![x](//evil)", "<script>alert(1)</script>", "<!--", "-->",
    "]]>", "&lt;b&gt;", "&amp;", "'", '"', "`", "```", "~~~", "$x$", "$$", "\\(", "\\", "{", "}",
    "{{", "\\input{/etc/passwd}", "\\write18{id}", "\\end{document}", "%", "@article{x,", "@smith",
    "#tag", "^", "|", "||", "---", "===", "***", "- ", "+ ", "* ", "1. ", "1) ", "a. ", "> ", ": ",
    ":::", "~", "_", "*", "**", "http://evil.example", "www.evil.example", "<http://evil>", "%%",
    "==", "<style>", "</style>", "</title>", "</details>", "</summary>", "<a href=//evil>",
    "javascript:alert(1)", "\u202e", "\x1b[2J", "\x00", "\n", "\n\n", "\r", "\t", "\u2028", "   ",
    "and", " and ", ",", ";", "=", "#{", "é", "ß", "王", "\ufdd0", "\ufdd2", "<i>", "</i>",
    '<span class="nocase">', "</span>", "words", "of", "7", ".", "!", "?", "“", "”",
]  # fmt: skip

telling = (
    st.lists(st.sampled_from(PIECES) | st.text(max_size=4), min_size=1, max_size=6)
    .map("".join)
    .map(lambda text: f"{text}x")
)
"""Never without a letter, so that it is a title, a label and a name."""
