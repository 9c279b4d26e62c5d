"""scripts/web-assets: says what is wrong with a folder, and leaves a right one alone."""
import pathlib
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

FETCHED = ROOT / ".build" / "web-assets"


def run(script_root, *arguments):
    command = [sys.executable, str(script_root / "scripts" / "web-assets"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(FETCHED, tmp_path / "assets")
    return tmp_path / "assets"


@pytest.fixture
def copy(tmp_path):
    """The script with a manifest of its own."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "web-assets", tmp_path / "scripts")
    shutil.copy(ROOT / "web-assets.txt", tmp_path)
    return tmp_path


def test_a_right_folder_is_left_as_it_is(folder):
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    done = run(ROOT, "--into", folder)
    assert done.returncode == 0 and "all there" in done.stdout
    assert before == {path: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_a_changed_or_missing_file_is_named(folder):
    (folder / "htmx.min.js").write_text("alert(1)", encoding="utf-8")
    done = run(ROOT, "--check", "--into", folder)
    assert done.returncode == 1 and "htmx.min.js has been changed" in done.stderr
    (folder / "icons.svg").unlink()
    (folder / "htmx.min.js").unlink()
    done = run(ROOT, "--check", "--into", folder)
    assert done.returncode == 1 and "lacks htmx.min.js" in done.stderr


def test_a_folder_of_another_manifest_is_not_taken_for_right(folder, copy):
    with (copy / "web-assets.txt").open("a", encoding="utf-8") as manifest:
        manifest.write("# another\n")
    done = run(copy, "--check", "--into", folder)
    assert done.returncode == 1 and "another web-assets.txt" in done.stderr


def test_a_folder_with_something_else_in_it_is_not_emptied(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    done = run(ROOT, "--into", tmp_path / "mine")
    assert done.returncode == 1 and "holds something else" in done.stderr
    assert (tmp_path / "mine" / "letter.txt").exists()


def test_a_line_that_is_not_understood_is_named(copy):
    with (copy / "web-assets.txt").open("a", encoding="utf-8") as manifest:
        manifest.write("    fetch all of it\n")
    done = run(copy, "--into", copy / "out")
    assert done.returncode == 1 and "is not understood: fetch all of it" in done.stderr


def test_a_wheel_with_another_hash_is_refused_and_nothing_is_laid(copy):
    manifest = copy / "web-assets.txt"
    lines = manifest.read_text(encoding="utf-8").split("\n\n")
    # One small wheel is enough to see it.
    changed = next(part for part in lines if part.startswith("django-htmx"))
    manifest.write_text(changed.replace("sha256:0e", "sha256:1e"), encoding="utf-8")
    done = run(copy, "--into", copy / "out")
    assert done.returncode == 1 and "nothing was taken" in done.stderr
    assert not pathlib.Path(copy / "out").exists()


def test_a_member_that_a_wheel_lacks_is_named(copy):
    manifest = copy / "web-assets.txt"
    part = next(part for part in manifest.read_text(encoding="utf-8").split("\n\n") if part.startswith("django-htmx"))
    manifest.write_text(part.replace("htmx-2.min.js", "htmx-9.min.js"), encoding="utf-8")
    done = run(copy, "--into", copy / "out")
    assert done.returncode == 1 and "holds no django_htmx/static/django_htmx/htmx-9.min.js" in done.stderr
    assert not pathlib.Path(copy / "out").exists()
