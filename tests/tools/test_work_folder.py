import os
from pathlib import Path

from r1agent_tools.sandbox.work_folder import create_work_folder, remove_work_folder


def test_a_deep_tree_is_removed():
    folder = create_work_folder(user=None)
    here = os.open(folder, os.O_RDONLY)
    for _ in range(2000):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    remove_work_folder(folder)
    assert not Path(folder).exists()


def test_a_link_out_of_the_folder_is_removed_and_not_followed(tmp_path):
    (tmp_path / "kept").write_text("x")
    folder = create_work_folder(user=None)
    Path(folder, "link").symlink_to(tmp_path)
    remove_work_folder(folder)
    assert (tmp_path / "kept").exists()


def test_folders_without_rights_and_odd_names_are_removed():
    folder = create_work_folder(user=None)
    Path(folder, "locked", "in\nner").mkdir(parents=True)
    Path(folder, "locked", "-rf").write_text("x")
    Path(folder, "locked").chmod(0)
    remove_work_folder(folder)
    assert not Path(folder).exists()


def test_removing_twice_is_harmless():
    folder = create_work_folder(user=None)
    remove_work_folder(folder)
    remove_work_folder(folder)
    assert not Path(folder).exists()
