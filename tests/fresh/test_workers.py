"""Pieces of work side by side: all of them once, whatever number of cores."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.fresh import workers
from pipeline.panel.finding import Rejected


def square(name):
    return int(name) ** 2


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_every_piece_is_done_once(monkeypatch, cores, count):
    monkeypatch.setattr(workers, "cores", lambda: cores)
    monkeypatch.setattr(workers, "forkable", lambda: True)
    names = [str(i) for i in range(count)]
    done = list(workers.side_by_side(square, names, "x"))
    assert sorted(done) == [(n, int(n) ** 2) for n in names]


def failing(name):
    raise KeyError(name)


@pytest.mark.parametrize("cores", [1, 2])
def test_what_goes_wrong_in_a_piece_is_raised_here(monkeypatch, cores):
    monkeypatch.setattr(workers, "cores", lambda: cores)
    monkeypatch.setattr(workers, "forkable", lambda: True)
    with pytest.raises(KeyError):
        list(workers.side_by_side(failing, ["1", "2", "3"], "x"))


OWN = """
import os, sys
from pipeline.fresh import workers
from pipeline.report.typesetting import typeset
workers.cores = lambda: 2
if sys.argv[1] == "after":
    typeset("a", "svg")
held = os.getpid()
def work(name):
    typeset(name, "svg")
    return held, os.getpid()
found = [pair for _, pair in workers.side_by_side(work, ["a", "b", "c"], "x")]
print(len(found), {h for h, _ in found} == {held}, held in {own for _, own in found})
"""


@pytest.mark.parametrize(
    ("when", "told"),
    [
        pytest.param("before", "3 True False", id="processes that inherit what this one holds"),
        pytest.param("after", "3 True True", id="typst holds threads: this process alone"),
    ],
)
def test_a_process_forks_until_typst_holds_threads(when, told):
    """Children of a process in which typst has threads wait for them without end."""
    command = [sys.executable, "-c", OWN, when]
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(command, env=alone, capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == told


ORPHANS = """
import os, signal, sys, time
from pipeline.fresh import workers
signal.signal(signal.SIGINT, signal.default_int_handler)
workers.cores = lambda: 2
def work(name):
    os.write(1, f"{os.getpid()}\\n".encode())  # whole, whatever the other writes
    time.sleep(60)
list(workers.side_by_side(work, ["a", "b"], "x"))
"""


def started():
    """A process whose two workers are at work, and their numbers."""
    command = [sys.executable, "-c", ORPHANS]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return run, [int(run.stdout.readline()) for _ in range(2)]


def there(pid):
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] not in "ZX"
    return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_the_process_that_forked_them(number):
    """What it began would else be written into the folder of the run after it."""
    run, workers = started()
    run.send_signal(number)
    _, err = run.communicate(timeout=30)
    late = time.monotonic() + 20
    while any(map(there, workers)):
        assert time.monotonic() < late, "a worker outlives its parent"
        time.sleep(0.05)
    # The interrupt is told by the process, which has a word for it; its workers have none.
    assert err.count("Traceback") == (number == signal.SIGINT)


def test_a_worker_that_is_killed_is_one_error(monkeypatch):
    monkeypatch.setattr(workers, "cores", lambda: 2)
    monkeypatch.setattr(workers, "forkable", lambda: True)

    def killed(name):
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(Rejected) as refused:
        list(workers.side_by_side(killed, ["a", "b"], "estimate"))
    (found,) = refused.value.findings
    assert found.code == "worker-killed" and "`estimate`" in found.found
