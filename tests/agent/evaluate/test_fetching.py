import hashlib
import json
import zipfile
from dataclasses import replace

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.fetching import fetch_dataset
from tests.agent.evaluate.served_files import served

ROWS = b"0123456789" * 1000


@pytest.fixture
def server():
    with served(rows=ROWS) as state:
        yield state


def there(folder):
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    }


def test_a_file_arrives_whole_with_a_record_of_its_source(server, tmp_path):
    dataset = server.dataset()
    assert fetch_dataset(dataset, tmp_path) == tmp_path / "small"
    assert (tmp_path / "small" / "rows").read_bytes() == ROWS
    record = json.loads((tmp_path / "small" / "fetched.json").read_text())
    assert record["sha256"] == {f"{server.address}/rows": hashlib.sha256(ROWS).hexdigest()}
    assert record["licence"] == "MIT"
    assert there(tmp_path) == {"small/rows", "small/fetched.json"}


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    dataset = server.dataset()
    assert dataset.held(tmp_path) is None
    fetch_dataset(dataset, tmp_path)
    assert fetch_dataset(dataset, tmp_path) == dataset.held(tmp_path)
    assert len(server.asked) == 1


def test_a_file_that_was_changed_here_is_fetched_again(server, tmp_path):
    fetch_dataset(server.dataset(), tmp_path)
    (tmp_path / "small" / "rows").write_bytes(b"shorter")
    fetch_dataset(server.dataset(), tmp_path)
    assert (tmp_path / "small" / "rows").read_bytes() == ROWS


def test_a_connection_that_breaks_goes_on_where_it_was(server, tmp_path):
    server.cut_after = 4000
    fetch_dataset(server.dataset(), tmp_path)
    assert server.asked == ["", "bytes=4000-"]
    assert (tmp_path / "small" / "rows").read_bytes() == ROWS


def test_a_half_file_of_a_stopped_fetch_is_gone_on_with(server, tmp_path):
    arriving = tmp_path / ".small.arriving"
    arriving.mkdir()
    (arriving / "rows").write_bytes(ROWS[:2500])
    fetch_dataset(server.dataset(), tmp_path)
    assert server.asked == ["bytes=2500-"]
    assert (tmp_path / "small" / "rows").read_bytes() == ROWS


def test_a_server_without_ranges_sends_it_all_again(server, tmp_path):
    server.cut_after, server.ranges = 4000, False
    fetch_dataset(server.dataset(), tmp_path)
    assert (tmp_path / "small" / "rows").read_bytes() == ROWS


def test_another_checksum_is_refused_and_nothing_is_left(server, tmp_path):
    dataset = server.dataset()
    other = replace(dataset, files=(replace(dataset.files[0], sha256="0" * 64),))
    with pytest.raises(EvaluationError, match=f"SHA-256 [0-9a-f]{{64}}, wanted {'0' * 64}"):
        fetch_dataset(other, tmp_path)
    assert there(tmp_path) == set()
    assert not (tmp_path / "small").exists()


def test_a_half_file_of_another_version_is_found_out(server, tmp_path):
    (tmp_path / ".small.arriving").mkdir()
    (tmp_path / ".small.arriving" / "rows").write_bytes(b"x" * 2500)
    with pytest.raises(EvaluationError, match="wanted"):
        fetch_dataset(server.dataset(), tmp_path)
    fetch_dataset(server.dataset(), tmp_path)
    assert (tmp_path / "small" / "rows").read_bytes() == ROWS


def test_a_file_of_another_size_is_refused(server, tmp_path):
    dataset = server.dataset()
    server.files["rows"] = ROWS + b"more"
    with pytest.raises(EvaluationError, match="its file has 10004 bytes, not 10000"):
        fetch_dataset(dataset, tmp_path)


def test_a_file_whose_size_nobody_states_is_fetched_whole(server, tmp_path):
    dataset = server.dataset()
    sizeless = replace(dataset, files=(replace(dataset.files[0], size=None),))
    (tmp_path / ".small.arriving").mkdir()
    (tmp_path / ".small.arriving" / "rows").write_bytes(ROWS)
    assert (fetch_dataset(sizeless, tmp_path) / "rows").read_bytes() == ROWS
    assert server.asked == [""]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_refusal_names_the_status_and_what_to_do(server, tmp_path, status):
    server.status = status
    with pytest.raises(EvaluationError, match=f"answered {status}.*https://example.org"):
        fetch_dataset(server.dataset(), tmp_path)
    assert there(tmp_path) == set()


def test_a_server_that_is_gone_is_named(tmp_path):
    with served(rows=ROWS) as state:
        dataset = state.dataset()
    with pytest.raises(EvaluationError, match=r"127\.0\.0\.1:\d+ is out of reach"):
        fetch_dataset(dataset, tmp_path)


def test_a_server_that_says_nothing_is_given_up(server, tmp_path):
    server.pause = 1.0
    with pytest.raises(EvaluationError, match=r"did not answer within 0\.2 s"):
        fetch_dataset(server.dataset(), tmp_path, timeout=0.2)


def test_a_slow_server_is_waited_for(server, tmp_path):
    server.pause = 0.3
    assert fetch_dataset(server.dataset(), tmp_path, timeout=5) == tmp_path / "small"


def test_progress_tells_what_arrived(server, tmp_path):
    told = []
    fetch_dataset(server.dataset(), tmp_path, on_progress=told.append)
    assert (told[-1].done, told[-1].total) == (len(ROWS), len(ROWS))


def test_being_led_to_plain_http_elsewhere_is_refused(server, tmp_path):
    server.led_to = "http://192.0.2.1/rows"
    with pytest.raises(EvaluationError, match=r"192\.0\.2\.1/rows is not encrypted"):
        fetch_dataset(server.dataset(), tmp_path)


def test_an_archive_is_unpacked_and_not_kept(server, tmp_path):
    archive = tmp_path / "set.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("set/rows", ROWS)
        opened.writestr("../evil", b"x")
    server.files = {"set.zip": archive.read_bytes()}
    archive.unlink()
    path = fetch_dataset(server.dataset(members={"set/rows": "deep/rows"}), tmp_path)
    assert (path / "deep" / "rows").read_bytes() == ROWS
    assert there(tmp_path) == {"small/deep/rows", "small/fetched.json"}


def test_an_archive_that_cannot_be_used_leaves_no_folder(server, tmp_path):
    with pytest.raises(EvaluationError, match="damaged archive"):
        fetch_dataset(server.dataset(members={"set/rows": "rows"}), tmp_path)
    assert not (tmp_path / "small").exists()


def test_files_of_ones_own_are_not_replaced(server, tmp_path):
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "rows").write_bytes(b"mine")
    with pytest.raises(EvaluationError, match="not fetched by r1agent"):
        fetch_dataset(server.dataset(), tmp_path)
    assert (tmp_path / "small" / "rows").read_bytes() == b"mine"


def test_a_file_in_place_of_the_folder_is_named(server, tmp_path):
    (tmp_path / "data").write_text("x")
    with pytest.raises(EvaluationError, match="is a file"):
        fetch_dataset(server.dataset(), tmp_path / "data")
