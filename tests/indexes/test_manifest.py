import pytest

from r1agent_indexes.manifest import IndexManifest, write_atomically

MANIFEST = IndexManifest(1, "hash-64", 64, 3, 4, 5, 6, "ab")


def test_a_manifest_comes_back_as_it_was_written(tmp_path):
    MANIFEST.write(tmp_path / "manifest.json")
    assert IndexManifest.read(tmp_path / "manifest.json") == MANIFEST


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', "\x00"])
def test_anything_else_is_no_manifest(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    assert IndexManifest.read(tmp_path / "manifest.json") is None


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_atomically(tmp_path / "a", lambda part: 1 // 0)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a", "old")]
