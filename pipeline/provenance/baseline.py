"""The committed baseline of a study: its numbers, printed cells and drawn numbers, and whether a
run still gives them.

Numbers are kept with 12 significant digits and compared with a tolerance, since another processor
sums in another
order; what tables print and figures draw is the same on every machine and compared exactly.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from pipeline.panel.characters import tell
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.results.result import Plain
from pipeline.study import Study
from pipeline.study.artifact import require, write_bytes, write_text

# Other processors differ by less; anything larger is another number.
TOLERANCE = 1e-9
# What rounding leaves of zero.
_TINY = 1e-15
_DIGITS = 12


def baseline(study: Study, folder: Path) -> int:
    """Write the baseline of a finished run, and the preview pictures of the README."""
    target = folder / study.name
    if not _names(study):
        where, remedy = Where(file=str(study.paths.build)), f"run `make all STUDY={study.name}`"
        found, expected = "no finished run", "what a run printed"
        raise Rejected([Finding("no-run", "error", where, found, expected, remedy)])
    written = set()
    for name in _names(study):
        text = json.dumps(_kept(study, name), ensure_ascii=False, indent=1) + "\n"
        write_text(target / f"{name}.json", text)
        written.add(target / f"{name}.json")
    for language in study.spec.languages:
        picture = study.paths.output("preview", language, "png")
        if picture.exists():
            write_bytes(target / picture.name, picture.read_bytes())
    for old in {*target.glob("tables/*.json"), *target.glob("figures/*.json")} - written:
        old.unlink()
    tell(f"baseline: {len(written)} tables and figures in {target}")
    return 0


def compare(study: Study, folder: Path) -> int:
    """Compare a run with the baseline, place by place; exit status 1 when anything differs."""
    target = folder / study.name
    if not target.is_dir():
        where, remedy = Where(file=str(target)), f"run `make baseline STUDY={study.name}`"
        found, expected = "no such folder", "a committed baseline"
        raise Rejected([Finding("no-baseline", "error", where, found, expected, remedy)])
    there = {p.relative_to(target).with_suffix("").as_posix() for p in target.glob("*/*.json")}
    ours = set(_names(study))
    problems = [f"{name}: only in the baseline" for name in sorted(there - ours)]
    problems += [f"{name}: not in the baseline" for name in sorted(ours - there)]
    total = 0
    for name in sorted(ours & there):
        theirs: Plain = json.loads((target / f"{name}.json").read_text(encoding="utf-8"))
        mine = _kept(study, name)
        total += sum(isinstance(v, int | float) for _, v in leaves(mine))
        problems += [f"{name}{line}" for line in differences(mine, theirs)]
    if problems:
        tell(*problems)
        tell(f"{len(problems)} differences from the baseline among {total:,} numbers")
        return 1
    tell(f"all {total:,} numbers agree with {target} (relative tolerance {TOLERANCE:g})")
    return 0


def _names(study: Study) -> list[str]:
    """Specs that the run printed."""
    paths = study.paths
    return [n for n in [*study.tables, *study.figures] if paths.printed(n).exists()]


def _kept(study: Study, name: str) -> Plain:
    """What the baseline holds of a spec: its numbers, and what is printed or drawn of them."""
    printed = json.loads(require(study.paths.printed(name), "report").read_text(encoding="utf-8"))
    results = study.paths.result(name)
    numbers = json.loads(results.read_text(encoding="utf-8")) if results.exists() else None
    return {"numbers": _rounded(numbers), "printed": printed}


def _rounded(value: Plain) -> Plain:
    """Numbers with 12 significant digits."""
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def leaves(value: Plain, path: str = "") -> Iterator[tuple[str, Plain]]:
    """Every number and word with its place."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from leaves(item, f"{path}[{i}]")
    else:
        yield path, value


def differences(ours: Plain, theirs: Plain) -> list[str]:
    """A line for each place that differs or stands on one side only."""
    left, right, sizes = dict(leaves(ours)), dict(leaves(theirs)), dict(_sizes(theirs))
    places = [*left, *(k for k in right if k not in left)]
    return [
        f"{k}: {left.get(k, 'absent')} here, {right.get(k, 'absent')} in the baseline"
        for k in places
        if k not in left or k not in right or not same(left[k], right[k], k, sizes.get(k, 0.0))
    ]


def _sizes(value: Plain, path: str = "") -> Iterator[tuple[str, float]]:
    """Place -> what a number is measured by beside its own size: the error of an estimate, the
    larger end of an interval."""
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from _sizes(item, f"{path}[{i}]")
    if not isinstance(value, dict):
        return
    beside = [abs(v) for k in ("error", "low", "high") if _is_number(v := value.get(k))]
    for key, item in value.items():
        if beside and key in ("value", "low", "high"):
            yield f"{path}.{key}", max(beside)
        yield from _sizes(item, f"{path}.{key}")


def same(a: Plain, b: Plain, place: str, size: float = 0.0) -> bool:
    """Numbers of results within the tolerance of themselves, or of `size`; what is printed or
    drawn, and anything else, exactly.
    """
    if place.startswith(".printed") or not (_is_number(a) and _is_number(b)):
        return type(a) is type(b) and a == b
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=max(_TINY, TOLERANCE * size))


def _is_number(value: Plain) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
