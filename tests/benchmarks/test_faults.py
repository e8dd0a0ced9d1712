"""`make faults` in brief: faults are told, and the next run ends where an undisturbed one does."""

import re
import subprocess
import sys

from benchmarks.faults.__main__ import Outcome, report
from tests.conftest import ROOT


def test_a_few_faults_are_survived():
    """In a process of its own: it forks, and this one may hold threads."""
    command = [sys.executable, "-m", "benchmarks.faults", "--brief"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    rows = dict(re.findall(r"^(\S.*?) {2,}(\d+ +\d+ +\d+ +\d+)$", run.stdout, re.MULTILINE))
    assert rows.keys() >= {
        "disk full",
        "kill -9",
        "short writes",
        "SIGINT",
        "full disk",
        "two runs",
    }
    injected, stopped, survived, same = map(int, rows["all"].split())
    assert injected == survived == same == 7 and stopped >= 3, run.stdout


def test_what_was_not_survived_is_shown_and_fails(capsys):
    outcomes = [
        Outcome("kill", "at 1 s", True, True, True, "all well"),
        Outcome("kill", "at 2 s", True, False, True, "Traceback"),
        Outcome("disk", "small", True, True, False, "lost"),
    ]
    assert report(outcomes) == 1
    out = capsys.readouterr().out
    assert "Traceback" in out and "lost" in out and "all well" not in out
    assert re.search(r"all +3 +3 +2 +2$", out, re.MULTILINE)
    assert report(outcomes[:1]) == 0
