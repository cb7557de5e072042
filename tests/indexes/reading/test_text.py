import pytest

from r1agent_indexes import TextLoader, UnreadablePaperError


def test_a_form_feed_starts_a_page_and_lines_are_kept(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"One.\r\nTwo.\fThree.\n")
    pages = TextLoader(tmp_path / "a.txt").load()
    assert [p.page_content for p in pages] == ["One.\nTwo.", "Three."]


def test_markdown_headings_are_sections(tmp_path):
    (tmp_path / "a.md").write_text("# Title\n\nText.\n\n## Results\n\nMore.\n")
    page = TextLoader(tmp_path / "a.md").load()[0]
    assert [title for _, title in page.metadata["headings"]] == ["Title", "Results"]


def test_empty_and_binary_files_say_why(tmp_path):
    (tmp_path / "a.txt").write_text("  \n")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadablePaperError, match="is empty"):
        TextLoader(tmp_path / "a.txt").load()
    with pytest.raises(UnreadablePaperError, match="is not UTF-8"):
        TextLoader(tmp_path / "b.txt").load()
