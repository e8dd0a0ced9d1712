"""Files are whole or absent, on the disk before they have their name, and said by their name."""

import errno
import os
import re

import pytest

from pipeline.study import artifact
from pipeline.study.artifact import no_access, remove_parts, write_bytes, write_text
from tests.conftest import ROOT


@pytest.fixture
def path(tmp_path):
    (tmp_path / "a.json").write_text("old")
    return tmp_path / "a.json"


def there(path):
    return sorted(p.name for p in path.parent.iterdir())


def test_what_was_written_is_on_the_disk_before_it_has_its_name(path, monkeypatch):
    done = []
    sync, rename = os.fsync, os.replace

    def synced(number):
        done.append(os.readlink(f"/proc/self/fd/{number}"))
        sync(number)

    def renamed(part, name):
        done.append(str(part))
        rename(part, name)

    monkeypatch.setattr(artifact.os, "fsync", synced)
    monkeypatch.setattr(artifact.os, "replace", renamed)
    write_text(path, "new")
    assert path.read_text() == "new"
    assert len(done) == 2 and done[0] == done[1] and done[0].endswith(".part")


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_write_that_fails_leaves_what_was_there_and_names_the_file(
    path, monkeypatch, call, number
):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(artifact.os, call, fail)
    with pytest.raises(OSError, match=os.strerror(number)) as raised:
        write_bytes(path, b"new")
    assert raised.value.filename == str(path)
    assert there(path) == ["a.json"] and path.read_text() == "old"


def test_an_interrupted_write_leaves_nothing(path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(artifact.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(path, b"new")
    assert there(path) == ["a.json"] and path.read_text() == "old"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_with_the_file_and_what_is_left_free(path, number):
    found = no_access(OSError(number, os.strerror(number), str(path.parent / "not/yet/b.json")))
    assert found.code == "disk-full" and found.where.file.endswith("not/yet/b.json")
    assert "MB are left free" in found.found


def test_a_file_that_cannot_be_used_is_told_with_the_reason(path):
    found = no_access(PermissionError(errno.EACCES, "Permission denied", str(path)))
    assert found.code == "file-access" and found.where.file == str(path)
    assert found.found == "Permission denied" and "permissions" in found.remedy
    assert no_access(OSError("no reason")).found == "no reason"


def test_what_killed_runs_had_begun_is_removed_and_nothing_else(path):
    for name in ("b.json.123.part", "mine.part", "c.part.json"):
        (path.parent / name).touch()
    remove_parts(path.parent)
    assert there(path) == ["a.json", "c.part.json", "mine.part"]


# What writes into a folder that is removed at the end, what holds a folder while it is written, and
# what writes a download piece by piece under a temporary name.
BESIDE = {"study/artifact.py", "study/lock.py", "reading/containers/archive.py", "fetch/run.py"}
WRITES = r'\.write_(text|bytes)\(|(?<!fd)open\([^)]*"[wax]b?\+?"'


def test_one_place_writes():
    """Everything else would be half there after a kill, or unsaid on a full disk."""
    program = ROOT / "pipeline"
    names = {p.relative_to(program).as_posix(): p.read_text("utf-8") for p in program.rglob("*.py")}
    writing = {name for name, text in names.items() if re.search(WRITES, text)}
    assert writing == BESIDE
