"""`make mutation`: plant a sample of faults, print the share that the tests notice by room."""

import argparse
import importlib
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from benchmarks.mutation.nearest import nearest_tests
from benchmarks.mutation.sample import Planted, draw
from benchmarks.mutation.trial import TestRun, copy_tree, record, survives

WANTED = 0.85  # share of faults noticed, in each room
_SECONDS = 12.0  # of tests for one fault, as measured without it
_FILE_SECONDS = 300.0  # a test file that takes longer is no near test
_IMPORTED = (
    "numpy pandas scipy.stats scipy.optimize statsmodels.api linearmodels pydantic pandera "
    "matplotlib.pyplot docx openpyxl jinja2 typst requests hypothesis pyarrow.parquet pytest"
)


T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Outcome:
    """A fault that was tried: whether it was noticed, and how many tests call its function."""

    planted: Planted
    killed: bool
    reached: int


def main() -> int:
    """Exit status 1 where a room notices less than WANTED of its faults."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    parser.add_argument("--mutants", type=int, default=200, help="how many faults (200)")
    parser.add_argument("--rooms", nargs="*", default=[], help="only these rooms (all)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the sample (1)")
    options = parser.parse_args()
    started = time.monotonic()
    for name in _IMPORTED.split():
        with suppress(ImportError):
            importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        clean = Path(folder).resolve() / "project"
        copy_tree(Path.cwd(), clean)
        sample = draw(clean, options.mutants, options.seed, options.rooms)
        if not sample:
            print(f"no such room: {' '.join(options.rooms)}", file=sys.stderr)
            return 2
        outcomes = _try_all(clean, sample)
    status = _report(outcomes)
    print(f"{len(outcomes)} faults, seed {options.seed}, {time.monotonic() - started:.0f} s")
    return status


def _try_all(clean: Path, sample: list[Planted]) -> list[Outcome]:
    near = nearest_tests(clean, sorted({p.file for p in sample}))
    files = sorted({t for tests in near.values() for t in tests})
    runs = _side_by_side("tests as they are", partial(_recorded, clean), files)
    known = dict(zip(files, runs, strict=True))
    for how in ("skipped", "failed"):
        if tests := [r.test for rs in runs for r in rs if r.outcome == how]:
            print(f"left out: {len(tests)} tests {how} without any fault, {tests[0]} first")
    chosen = [(p, *_choose(p, [r for t in near[p.file] for r in known[t]])) for p in sample]
    return _side_by_side("faults", partial(_outcome, clean), chosen)


def _side_by_side(what: str, work: Callable[[T], R], items: list[T]) -> list[R]:
    """`work` of each item on all cores, in the order of the items."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("fork")) as pool:
        results: Iterable[R] = pool.map(work, items)
        return list(tqdm(results, what, len(items), disable=not sys.stderr.isatty()))


def _recorded(clean: Path, test_file: str) -> list[TestRun]:
    return record(clean, test_file, _FILE_SECONDS)


def _choose(planted: Planted, runs: list[TestRun]) -> tuple[list[TestRun], int]:
    """The tests that call the function at fault, quick ones first, then the others near by.

    As many as run in _SECONDS, at least the quickest one that calls it. The others are there for
    lines that run once: constants, tables, what a cache keeps.
    """
    function = (planted.file, planted.mutant.function)
    passed = [r for r in runs if r.outcome == "passed"]
    order = sorted(passed, key=lambda r: (function not in r.calls, r.seconds, r.test))
    reached = sum(function in r.calls for r in passed)
    chosen, seconds = order[:1], sum(r.seconds for r in order[:1])
    for run in order[1:]:
        seconds += run.seconds
        if seconds <= _SECONDS:
            chosen.append(run)
    return chosen, reached


def _outcome(clean: Path, trial: tuple[Planted, list[TestRun], int]) -> Outcome:
    planted, runs, reached = trial
    if not runs:
        return Outcome(planted, False, 0)
    content = planted.mutant.plant((clean / planted.file).read_bytes())
    timeout = 20 + 3 * sum(r.seconds for r in runs)
    tests = [r.test for r in runs]
    return Outcome(planted, not survives(clean, planted.file, content, tests, timeout), reached)


def _report(outcomes: list[Outcome]) -> int:
    rooms = sorted({o.planted.room for o in outcomes})
    weak = []
    for o in sorted((o for o in outcomes if not o.killed), key=_place):
        mutant = o.planted.mutant
        called = f"{o.reached or 'no'} tests call it" if mutant.function else "read at import"
        print(f"{o.planted.file}:{mutant.line}  ({called})")
        print(f"    - {_one_line(mutant.old)}\n    + {_one_line(mutant.new)}")
    for room in rooms:
        of_room = [o for o in outcomes if o.planted.room == room]
        killed = sum(o.killed for o in of_room)
        enough = killed >= WANTED * len(of_room)
        weak += [] if enough else [room]
        mark = "" if enough else f"   under {WANTED:.0%}"
        print(f"{room:<30} {killed:3d} of {len(of_room):3d} {killed / len(of_room):5.0%}{mark}")
    return 1 if weak else 0


def _place(outcome: Outcome) -> tuple[str, int]:
    return outcome.planted.file, outcome.planted.mutant.line


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.exit(main())
