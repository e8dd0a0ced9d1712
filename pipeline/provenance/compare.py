"""Compare every number of a run with a baseline, cell by cell."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study import Study

# Other processors sum in another order; anything larger than this is another number.
TOLERANCE = 1e-7


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a results file with its place, fingerprints left out."""
    if isinstance(value, dict):
        label = value.get("name") or value.get("key") or value.get("code")
        here = f"{path}/{label}" if label else path
        for key, item in value.items():
            if key not in ("inputs",):
                yield from numbers(item, f"{here}.{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from numbers(item, path if isinstance(item, dict) else f"{path}[{i}]")
    else:
        yield path, value


def same(a: Any, b: Any) -> bool:
    """Equal within `TOLERANCE`, relative for numbers of at least 1e-8; anything else exactly."""
    if (
        isinstance(a, bool)
        or isinstance(b, bool)
        or not (isinstance(a, int | float) and isinstance(b, int | float))
    ):
        return type(a) is type(b) and bool(a == b)
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=1e-11)


def compare_files(ours: Path, theirs: Path) -> tuple[int, list[str]]:
    """Numbers compared, and a line for each that differs or stands in one file only."""
    left = dict(numbers(json.loads(ours.read_text(encoding="utf-8"))))
    right = dict(numbers(json.loads(theirs.read_text(encoding="utf-8"))))
    lines = [
        f"{k}: {left.get(k, 'absent')} here, {right.get(k, 'absent')} in the baseline"
        for k in [*left, *(k for k in right if k not in left)]
        if k not in left or k not in right or not same(left[k], right[k])
    ]
    return sum(isinstance(v, int | float) and not isinstance(v, bool) for v in left.values()), lines


def run(study: Study, baseline: Path) -> int:
    """Compare the results of every table with those committed under `baseline`; exit status 1 when any differs."""
    folder = baseline / study.name / "tables"
    if not folder.is_dir():
        raise Rejected(
            [
                Finding(
                    "no-baseline",
                    "error",
                    Where(file=str(folder)),
                    "no such folder",
                    "a committed baseline",
                    f"run `make all STUDY={study.name}` and commit it",
                )
            ]
        )
    ours = {p.name: p for p in (study.paths.reports / "tables").glob("*.json")}
    theirs = {p.name: p for p in folder.glob("*.json")}
    problems = [f"{n}: only in the baseline" for n in sorted(theirs.keys() - ours.keys())]
    problems += [f"{n}: not in the baseline" for n in sorted(ours.keys() - theirs.keys())]
    total = 0
    for name in sorted(ours.keys() & theirs.keys()):
        count, lines = compare_files(ours[name], theirs[name])
        total += count
        problems += [f"{name}{line}" for line in lines]
    if problems:
        print("\n".join(problems))
        print(f"{len(problems)} differences from the baseline among {total:,} numbers")
        return 1
    print(f"all {total:,} numbers agree with {folder} (relative tolerance {TOLERANCE:g})")
    return 0
