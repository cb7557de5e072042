import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.unpacking import unpack


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, *members: tarfile.TarInfo, content: bytes = b"rows") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            member.size = len(content) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(content))
    return path


def linked(name: str, to: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, to
    return member


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_members_of_a_zip_get_the_names_that_are_wanted(tmp_path, folder):
    archive = zipped(tmp_path / "a.zip", **{"set/corpus.jsonl": b"1", "set/readme": b"2"})
    unpack(archive, {"set/corpus.jsonl": "deep/corpus.jsonl"}, folder)
    assert files(folder) == {"deep/corpus.jsonl": b"1"}


def test_members_of_a_tar_get_the_names_that_are_wanted(tmp_path, folder):
    archive = tarred(tmp_path / "a.tar.gz", tarfile.TarInfo("data/claims.jsonl"))
    unpack(archive, {"data/claims.jsonl": "claims.jsonl"}, folder)
    assert files(folder) == {"claims.jsonl": b"rows"}


def test_members_that_lead_outside_stay_in_the_archive(tmp_path, folder):
    archive = zipped(tmp_path / "a.zip", **{"../../evil": b"x", "/etc/evil": b"x", "rows": b"1"})
    unpack(archive, {"rows": "rows"}, folder)
    assert files(tmp_path) == {"a.zip": archive.read_bytes(), "out/rows": b"1"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_member_that_is_no_plain_file_is_refused(tmp_path, folder, kind):
    archive = tarred(tmp_path / "a.tar.gz", linked("rows", "/etc/passwd", kind))
    with pytest.raises(EvaluationError, match="no plain file 'rows'"):
        unpack(archive, {"rows": "rows"}, folder)


def test_a_missing_member_is_refused(tmp_path, folder):
    archive = zipped(tmp_path / "a.zip", other=b"1")
    with pytest.raises(EvaluationError, match="no plain file 'rows'"):
        unpack(archive, {"rows": "rows"}, folder)


def test_a_member_that_grows_too_large_is_refused(tmp_path, folder):
    archive = zipped(tmp_path / "a.zip", rows=b"0" * 100_000)
    with pytest.raises(EvaluationError, match="larger than 1,000 bytes"):
        unpack(archive, {"rows": "rows"}, folder, most_bytes=1_000)


@pytest.mark.parametrize("bytes_kept", [0, 40, 200])
def test_a_damaged_archive_is_refused(tmp_path, folder, bytes_kept):
    whole = tarred(tmp_path / "a.tar.gz", tarfile.TarInfo("rows"), content=bytes(range(256)) * 20)
    whole.write_bytes(whole.read_bytes()[:bytes_kept])
    with pytest.raises(EvaluationError, match=r"damaged archive"):
        unpack(whole, {"rows": "rows"}, folder)


def test_a_zip_whose_bytes_were_changed_is_refused(tmp_path, folder):
    archive = zipped(tmp_path / "a.zip", rows=bytes(range(256)) * 20)
    content = bytearray(archive.read_bytes())
    content[60] ^= 255
    archive.write_bytes(bytes(content))
    with pytest.raises(EvaluationError, match="damaged archive"):
        unpack(archive, {"rows": "rows"}, folder)
