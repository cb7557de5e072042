import platform
import re

import r1agent
from r1agent.evaluate.setting import machine, today, versions


def test_the_machine_is_named_with_cores_processor_memory_and_system(tmp_path):
    processors = tmp_path / "cpuinfo"
    processors.write_text("processor\t: 0\nmodel name\t: Fast One\nmodel name\t: Fast Two\n")
    named = machine(processors=processors)
    assert re.fullmatch(rf"\d+ cores, Fast One, \d+ GiB, {platform.system()}", named)


def test_where_nothing_names_the_processor_its_kind_is_told(tmp_path):
    assert f", {platform.machine()}, " in machine(processors=tmp_path / "none")


def test_a_list_of_processors_without_names_is_no_failure(tmp_path):
    (tmp_path / "cpuinfo").write_bytes(b"CPU part\t: 0xd4f\xff\n")
    assert f", {platform.machine()}, " in machine(processors=tmp_path / "cpuinfo")


def test_versions_name_ours_and_those_that_are_installed():
    python = platform.python_version()
    assert versions(["no-such-package"]) == f"r1agent {r1agent.__version__}, Python {python}"
    assert re.search(r", numpy \d", versions(["numpy"]))


def test_benches_are_told_what_is_not_installed():
    assert versions(["no-such-package"], absent=True).endswith(", no-such-package (none)")


def test_the_date_is_sortable():
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", today())
