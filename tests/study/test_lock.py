"""One run at a time in a folder, and who is there."""

import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from pipeline.panel.finding import Rejected
from pipeline.study.lock import locked

HOLD = """
import os, sys
from pathlib import Path
from pipeline.study.lock import locked
with locked(Path(sys.argv[1])):
    if len(sys.argv) > 2:
        if os.fork() == 0:
            print(os.getpid(), flush=True)
            sys.stdin.read()
            os._exit(0)
    print(os.getpid(), flush=True)
    sys.stdin.read()
"""


def hold(folder, *more):
    """A process that holds a folder until its input ends."""
    command = [sys.executable, "-c", HOLD, str(folder), *more]
    held = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    held.stdout.readline()
    return held


def test_the_second_is_told_who_holds_the_folder(tmp_path):
    with hold(tmp_path) as held:
        with pytest.raises(Rejected) as refused, locked(tmp_path):
            pass
        (found,) = refused.value.findings
        assert found.code == "folder-locked" and found.where.file == str(tmp_path)
        assert f"process {held.pid} on {socket.gethostname()} since 2" in found.found
        assert re.search(r"\d\d:\d\d:\d\d", found.found)
        held.communicate()
    with locked(tmp_path):
        pass


def test_either_of_two_folders_is_enough(tmp_path):
    free, taken = tmp_path / "free", tmp_path / "taken"
    with hold(taken) as held:
        with pytest.raises(Rejected), locked(free, taken):
            pass
        assert not free.exists(), "the first is given back"
        held.communicate()


def test_a_killed_process_holds_nothing(tmp_path):
    with hold(tmp_path) as held:
        os.kill(held.pid, signal.SIGKILL)
        held.wait()
    assert (tmp_path / "run.lock").exists()
    (tmp_path / "a.json.77.part").touch()
    with locked(tmp_path):
        assert [p.name for p in tmp_path.iterdir()] == ["run.lock"]
        assert f"process {os.getpid()} " in (tmp_path / "run.lock").read_text()


def test_a_worker_that_may_still_write_holds_it(tmp_path):
    """Until it ends, which it does with its parent (see the workers)."""
    with hold(tmp_path, "fork") as held:
        os.kill(held.pid, signal.SIGKILL)
        held.wait()
        with pytest.raises(Rejected), locked(tmp_path):
            pass
        held.communicate()


def test_the_lock_leaves_no_file_and_no_empty_folder(tmp_path):
    with locked(tmp_path / "empty", tmp_path / "full"):
        (tmp_path / "full/a.json").touch()
    assert [p.name for p in tmp_path.rglob("*")] == ["full", "a.json"]


def test_a_lock_that_its_holder_removed_meanwhile_is_opened_anew(tmp_path, monkeypatch):
    """The holder ends between the opening and the locking here."""
    import fcntl

    lock, removed = fcntl.flock, []

    def late(file, how):
        if not removed:
            removed.append((tmp_path / "run.lock").unlink())
        lock(file, how)

    monkeypatch.setattr("pipeline.study.lock.fcntl.flock", late)
    with locked(tmp_path):
        assert f"process {os.getpid()} " in (tmp_path / "run.lock").read_text()


def test_a_full_disk_does_not_keep_it_from_holding(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.study.lock.os.write", full)
    with locked(tmp_path):
        with pytest.raises(Rejected) as refused, locked(tmp_path):
            pass
        assert refused.value.findings[0].found == "another run works in this folder"
