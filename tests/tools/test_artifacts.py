import importlib.util
import os
import threading
import time
from pathlib import Path

import pytest

from r1agent_tools import Artifact, Limits, LocalSandbox
from r1agent_tools.sandbox.artifacts import ArtifactReader
from r1agent_tools.sandbox.folder_walk import DEEPEST

_PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def folder(tmp_path):
    fd = os.open(tmp_path, os.O_RDONLY)
    yield fd
    os.close(fd)


def test_a_new_file_comes_back_with_its_content_and_type(session):
    result = session.run("open('table.csv', 'w').write('a,b')")
    assert result.artifacts == (Artifact("table.csv", b"a,b", "text/csv"),)
    assert result.artifacts_left_out == ()


def test_a_cell_that_writes_nothing_brings_no_file_back(session):
    session.run("open('a.txt', 'w').write('x')")
    assert session.run("1").artifacts == ()


def test_a_changed_file_comes_back_again(session):
    session.run("open('a.txt', 'w').write('first'); open('b.txt', 'w').write('kept')")
    result = session.run("open('a.txt', 'a').write(' second')")
    assert [(one.name, one.data) for one in result.artifacts] == [("a.txt", b"first second")]


def test_a_renamed_file_comes_back_under_its_new_name(session):
    session.run("open('a.txt', 'w').write('x')")
    result = session.run("import os; os.rename('a.txt', 'b.txt')")
    assert [one.name for one in result.artifacts] == ["b.txt"]


def test_a_file_in_a_subfolder_is_named_with_its_path(session):
    result = session.run(
        "import os; os.makedirs('out/two'); open('out/two/x.json', 'w').write('1')"
    )
    assert [(one.name, one.media_type) for one in result.artifacts] == [
        ("out/two/x.json", "application/json")
    ]


def test_files_come_in_the_order_of_their_names(session):
    result = session.run("for name in 'cab': open(name, 'w').close()")
    assert [one.name for one in result.artifacts] == ["a", "b", "c"]


def test_hidden_files_are_no_artifacts(session):
    code = "import os; os.mkdir('.cache'); open('.cache/x', 'w'); open('.hidden', 'w')"
    assert session.run(code).artifacts == ()


def test_a_compressed_file_is_not_taken_for_what_is_in_it(session):
    result = session.run("open('table.csv.gz', 'wb').write(b'x')")
    assert result.artifacts[0].media_type == "application/octet-stream"


def test_the_files_of_a_program_that_failed_come_back(session):
    result = session.run("open('a', 'w').write('x'); 1 / 0")
    assert result.exception is not None
    assert [one.name for one in result.artifacts] == ["a"]


def test_the_files_of_a_program_that_ended_its_process_come_back(session):
    result = session.run("import os\nopen('a', 'w').write('x')\nos._exit(1)")
    assert result.session_ended
    assert [(one.name, one.data) for one in result.artifacts] == [("a", b"x")]


def test_an_ended_session_has_no_files(session):
    session.run("import os; os._exit(1)")
    result = session.run("1")
    assert (result.exception, result.artifacts) == ("the session has ended", ())


def test_what_is_above_the_size_is_named_and_smaller_files_still_come():
    limits = Limits(artifacts_mb=1, wall_seconds=5)
    code = "open('a', 'wb').write(bytes(2 << 20)); open('b', 'w').write('x')"
    with LocalSandbox(limits=limits) as sandbox:
        result = sandbox.run(code)
    assert [one.name for one in result.artifacts] == ["b"]
    assert result.artifacts_left_out == ("a",)


def test_many_files_come_back_up_to_a_number_and_the_rest_is_counted(session):
    result = session.run("for number in range(150): open(f'{number:03}', 'w').close()")
    names = [one.name for one in result.artifacts]
    assert (len(names), names[0], names[-1]) == (100, "000", "099")
    assert result.artifacts_left_out == (*(f"{n}" for n in range(100, 120)), "and 30 more")
    assert result.limit_hit is None


def test_what_was_left_out_is_named_only_once(session):
    session.run("for number in range(101): open(f'{number:03}', 'w').close()")
    assert session.run("1").artifacts_left_out == ()


def test_odd_names_are_shown_without_control_characters(session):
    code = r"for name in (b'\xff.txt', b'a\nb', b'\x1b[2J', b'-rf'): open(name, 'w').write('x')"
    mark = "\N{REPLACEMENT CHARACTER}"
    names = {one.name for one in session.run(code).artifacts}
    assert names == {f"{mark}.txt", f"a{mark}b", f"{mark}[2J", "-rf"}


def test_a_link_is_not_followed(folder, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "secret" / "key").write_text("canary")
    (tmp_path / "work" / "key").symlink_to(tmp_path / "secret" / "key")
    (tmp_path / "work" / "folder").symlink_to(tmp_path / "secret")
    work = os.open(tmp_path / "work", os.O_RDONLY)
    harvest = ArtifactReader(work, Limits()).collect()
    os.close(work)
    assert (harvest.artifacts, harvest.left_out) == ((), ())


def test_a_file_with_a_second_name_is_left_out(folder, tmp_path):
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    harvest = ArtifactReader(folder, Limits()).collect()
    assert (harvest.artifacts, harvest.left_out) == ((), ("a", "b"))


def test_a_pipe_does_not_make_the_host_wait(folder, tmp_path):
    os.mkfifo(tmp_path / "result.png")
    started = time.monotonic()
    assert ArtifactReader(folder, Limits()).collect().artifacts == ()
    assert time.monotonic() - started < 1


def test_a_file_replaced_by_a_link_or_a_pipe_meanwhile_leaks_nothing(tmp_path):
    (tmp_path / "key").write_text("canary")
    work = tmp_path / "work"
    work.mkdir()
    stop = threading.Event()

    def swap():
        while not stop.is_set():
            for make in (
                lambda path: path.write_text("plain"),
                lambda path: path.symlink_to(tmp_path / "key"),
                os.mkfifo,
            ):
                make(tmp_path / "next")
                (tmp_path / "next").replace(work / "file")

    thread = threading.Thread(target=swap)
    thread.start()
    folder = os.open(work, os.O_RDONLY)
    try:
        deadline = time.monotonic() + 0.7
        read = set()
        while time.monotonic() < deadline:
            read |= {one.data for one in ArtifactReader(folder, Limits()).collect().artifacts}
    finally:
        stop.set()
        thread.join()
        os.close(folder)
    assert b"plain" in read
    assert read <= {b"plain", b""}


def test_a_folder_within_folders_is_entered_down_to_a_depth(folder, tmp_path):
    deep = Path(tmp_path, *["d"] * (DEEPEST - 1))
    deep.mkdir(parents=True)
    (deep / "file").write_text("x")
    (deep / "d").mkdir()
    (deep / "d" / "deeper").write_text("x")
    harvest = ArtifactReader(folder, Limits()).collect()
    assert [one.name for one in harvest.artifacts] == ["d/" * (DEEPEST - 1) + "file"]
    assert harvest.use.too_deep


def test_reading_a_deep_tree_leaves_no_descriptor_open(session):
    before = len(list(Path("/proc/self/fd").iterdir()))
    session.run("import os; os.makedirs('/'.join('d' * 20)); open('d/x', 'w').close()")
    assert len(list(Path("/proc/self/fd").iterdir())) <= before  # others may be let go meanwhile


def test_a_bomb_of_folders_is_ended_and_removed(sandbox):
    code = """
import os
for _ in range(300): os.mkdir('d'); os.chdir('d')
"""
    session = sandbox.new_session()
    path = session.run("import os; os.getcwd()").value.strip("'")
    assert session.run(code).limit_hit == "files"
    assert not Path(path).exists()


def test_an_open_figure_comes_back_as_an_image(session):
    code = """
import sys, types
class Figure:
    def savefig(self, file, *, format): file.write(b'\\x89PNG\\r\\n\\x1a\\n' + format.encode())
pyplot = types.ModuleType('matplotlib.pyplot')
figures = {1: Figure(), 2: Figure()}
pyplot.get_fignums, pyplot.figure = lambda: list(figures), figures.get
pyplot.close = lambda what: figures.clear()
sys.modules['matplotlib.pyplot'] = pyplot
"""
    result = session.run(code)
    assert [(one.name, one.media_type) for one in result.artifacts] == [
        ("figure-1.png", "image/png"),
        ("figure-2.png", "image/png"),
    ]
    assert result.artifacts[0].data == _PNG + b"png"
    assert session.run("figures").value == "{}"
    again = session.run("figures[1] = Figure()")
    assert [one.name for one in again.artifacts] == ["figure-3.png"]


def test_a_figure_that_cannot_be_drawn_is_told_and_breaks_nothing(session):
    code = """
import sys, types
class Figure:
    def savefig(self, file, *, format): raise ValueError('no such glyph')
pyplot = types.ModuleType('matplotlib.pyplot')
pyplot.get_fignums, pyplot.figure, pyplot.close = lambda: [1], lambda n: Figure(), lambda w: None
sys.modules['matplotlib.pyplot'] = pyplot
40 + 2
"""
    result = session.run(code)
    assert result.value == "42"
    assert result.stderr == "A figure could not be drawn: ValueError: no such glyph\n"
    assert result.artifacts == ()


@pytest.mark.skipif(not importlib.util.find_spec("matplotlib"), reason="needs matplotlib")
def test_a_plot_of_matplotlib_is_saved_and_show_is_quiet():
    code = """
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.show()
"""
    with LocalSandbox(limits=Limits(wall_seconds=60)) as sandbox:
        result = sandbox.run(code)
        again = sandbox.run("plt.get_fignums()")
    assert result.exception is None, result.stderr
    assert "non-interactive" not in result.stderr
    assert [one.name for one in result.artifacts] == ["figure-1.png"]
    assert result.artifacts[0].data.startswith(_PNG)
    assert again.value == "[]"


def test_a_session_without_plots_imports_no_plotting(session):
    assert session.run("import sys; 'matplotlib' in sys.modules").value == "False"
