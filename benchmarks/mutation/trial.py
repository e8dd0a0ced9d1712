"""Tests run in a forked process inside a copy of the tree: once as it is, and once a fault.

The parent has imported numpy, pandas and the other packages, so that a trial starts at once; it has
never imported the project, so that each child reads the project from its own copy.
"""

import json
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType

import pytest

Function = tuple[str, int]  # file under the root, first line
_COPIED = ("pipeline", "tests", "specs", "data", "benchmarks", "reports/baseline", "reports/demo")
_WORSE = ("passed", "skipped", "failed")
_MEMORY = 8 << 30  # bytes of address space: a fault may make a loop grow
_FILES = ("*.toml", "*.lock", "*.md", "*.cff", "Makefile", ".gitignore")


def copy_tree(root: Path, target: Path) -> None:
    """What tests read of a tree, compiled files too, with the environment linked into it."""
    for name in _COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, target / name, symlinks=True)
    target.mkdir(exist_ok=True)
    for pattern in _FILES:
        for path in root.glob(pattern):
            shutil.copy2(path, target / path.name)
    if (root / ".venv").exists():
        (target / ".venv").symlink_to((root / ".venv").resolve())


@dataclass(frozen=True)
class TestRun:
    """How a test went without a fault: its time in seconds, the functions that it called."""

    test: str
    seconds: float
    outcome: str  # "passed", "skipped", "failed"
    calls: frozenset[Function]


class Recorder:
    """A plugin of pytest: which functions each test calls, its shared fixtures' calls included."""

    def __init__(self, root: Path) -> None:
        self._prefix = f"{root}{os.sep}"
        self._sink: set[tuple[str, int]] = set()
        self._of_fixture: dict[str, set[tuple[str, int]]] = {}
        self._of_test: dict[str, set[tuple[str, int]]] = {}
        self._seconds: dict[str, float] = {}
        self._outcomes: dict[str, set[str]] = {}
        self._fixtures: dict[str, tuple[str, ...]] = {}

    def __call__(self, frame: FrameType, event: str, arg: object) -> None:
        """The trace of the interpreter: called when a function starts."""
        code: CodeType = frame.f_code
        if code.co_filename.startswith(self._prefix):
            self._sink.add((code.co_filename, code.co_firstlineno))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._sink = self._of_test.setdefault(item.nodeid, set())
        self._fixtures[item.nodeid] = tuple(getattr(item, "fixturenames", ()))
        sys.settrace(self)
        try:
            return (yield)
        finally:
            sys.settrace(None)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> Generator[None, object, object]:
        if fixturedef.scope == "function":
            return (yield)
        outer, self._sink = self._sink, self._of_fixture.setdefault(fixturedef.argname, set())
        try:
            return (yield)
        finally:
            self._sink = outer

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = report.nodeid
        self._seconds[test] = self._seconds.get(test, 0.0) + report.duration
        self._outcomes.setdefault(test, set()).add(report.outcome)

    def rows(self) -> list[tuple[str, float, str, list[Function]]]:
        """Rows of `TestRun`."""
        rows = []
        for test, calls in self._of_test.items():
            shared = (self._of_fixture.get(f, set()) for f in self._fixtures[test])
            functions = sorted(
                (file.removeprefix(self._prefix), line) for file, line in calls.union(*shared)
            )
            outcome = max(self._outcomes[test], key=_WORSE.index)  # of setup, call and teardown
            rows.append((test, self._seconds[test], outcome, functions))
        return rows


class Chosen:
    """A plugin of pytest: of the tests collected only those wanted, in the order wanted."""

    def __init__(self, tests: list[str]) -> None:
        self._rank = {test: k for k, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (i for i in items if i.nodeid in self._rank), key=lambda i: self._rank[i.nodeid]
        )


def record(root: Path, test_file: str, timeout: float) -> list[TestRun]:
    """Run a test file in a tree without a fault; nothing where it does not end in time."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "calls.json"

        def work() -> int:
            recorder = Recorder(root)
            status = _pytest([test_file], recorder)
            target.write_text(json.dumps(recorder.rows()), encoding="utf-8")
            return status

        if _forked(root, work, timeout) is None or not target.exists():
            return []
        rows = json.loads(target.read_text(encoding="utf-8"))
    return [TestRun(t, s, how, frozenset(map(tuple, calls))) for t, s, how, calls in rows]


def survives(clean: Path, file: str, content: bytes, tests: list[str], timeout: float) -> bool:
    """Whether tests pass in a fresh copy of a clean tree with one file changed; a hang does not."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "project"
        copy_tree(clean, root)
        (root / file).write_bytes(content)
        shutil.rmtree((root / file).parent / "__pycache__", ignore_errors=True)
        files = list(dict.fromkeys(t.split("::")[0] for t in tests))
        status = _forked(root, lambda: _pytest(["-x", *files], Chosen(tests)), timeout)
    return status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def _pytest(arguments: list[str], plugin: object) -> int:
    quiet = ["-q", "-p", "no:cacheprovider"]
    if "hypothesis" in sys.modules:
        quiet.append("--hypothesis-seed=0")
    return int(pytest.main([*quiet, *arguments], plugins=[plugin]))


def _forked(root: Path, work: Callable[[], int], timeout: float) -> int | None:
    """Exit status of `work` in a process of its own in the tree; None if it had to be ended."""
    others = ("", os.getcwd(), str(Path(__file__).resolve().parents[2]))

    def child() -> None:
        os.setsid()  # what it starts ends with it
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silent, stream)
        os.chdir(root)
        os.environ["TMPDIR"] = tempfile.tempdir = str(root.parent)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(timeout) + 1,) * 2)  # outlives no parent long
        sys.path[:] = [str(root), *(p for p in sys.path if p not in others)]
        for name in [m for m in sys.modules if m.split(".")[0] in ("benchmarks", "tests")]:
            del sys.modules[name]
        os._exit(work())

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(timeout)
    ended = process.exitcode
    _end_group(process.pid)
    process.join()
    return ended


def _end_group(leader: int | None) -> None:
    """End a child and all that it has started, if anything of it is left."""
    if leader is not None:
        with suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)
