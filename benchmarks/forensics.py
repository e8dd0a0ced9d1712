"""Power and false alarms of the forensics (`make forensics-power`): reports/methods/forensics.md
and .csv.

Each draw simulates the demo's panel anew, plants one defect of one kind in a raw variable that
enters the treatment or the outcome, re-estimates the headline and examines the panel. A defect
changes the result when it moves the headline coefficient by more than a tenth of its standard
error; power is the share of those that are found, at the right cells.
"""

import csv
import io
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.defects import KINDS, Cells, Kind
from pipeline.construct.run import construct
from pipeline.forensics.decimals import decimals_of
from pipeline.forensics.examine import examine
from pipeline.forensics.sources import find_disagreement, find_lagged_index
from pipeline.forensics.suspicion import Grid, Suspicion
from pipeline.inference.within import within_fit
from pipeline.methods.load import open_study
from pipeline.panel.finding import Rejected
from pipeline.panel.units import conversion_factor
from pipeline.simulate.run import draw_study
from pipeline.simulate.sources import printed
from pipeline.study import Study, study_paths

DRAWS, PANELS = 200, 200


@cache
def _study() -> Study:
    study = open_study(study_paths("demo"))
    roles = study.spec.roles
    needed: set[str] = set()
    queue = [roles.outcome, roles.treatment, *roles.controls]
    while queue:
        name = queue.pop()
        needed.add(name)
        queue += study.inputs_of(name) - needed
    indices = {n: i.model_copy(update={"variants": []}) for n, i in study.indices.items()}
    # Levers stay, as the process draws them; only what the headline needs is constructed.
    return replace(
        study, indices=indices, derived={n: d for n, d in study.derived.items() if n in needed}
    )


def _panel(seed: int) -> dict[str, Grid]:
    """The raw variables of a new draw, as printed, in the codebook's units. A draw whose shares
    leave [0, 1] is drawn again."""
    study = _study()
    for again in count():
        try:
            drawn = draw_study(study, seed + 100_000 * again)
            break
        except Rejected:
            continue
    out = {}
    for name, variable in study.codebook.items():
        factor = conversion_factor(variable.source_unit, variable.unit)
        assert factor is not None
        out[name] = np.asarray(printed(drawn.raw, variable), float) * factor
    return out


def _headline(values: dict[str, Grid]) -> tuple[float, float]:
    """The coefficient of the treatment and its clustered standard error, controls in."""
    study = _study()
    roles = study.spec.roles
    frame = (
        construct(study, values).frame[[roles.outcome, roles.treatment, *roles.controls]].dropna()
    )
    entity, year = (
        np.unique(frame.index.get_level_values(k), return_inverse=True)[1]
        for k in ("province", "year")
    )
    fit = within_fit(
        frame[roles.outcome].to_numpy(),
        frame[[roles.treatment, *roles.controls]].to_numpy(),
        entity,
        year,
        entity,
    )
    return float(fit.beta[0]), float(np.sqrt(fit.covariance[0, 0]))


def _entering() -> list[str]:
    """Raw variables that enter treatment or outcome."""
    study = _study()
    raw = study.raw_variables(study.spec.roles.treatment) | study.raw_variables(
        study.spec.roles.outcome
    )
    return sorted(v for v in raw if study.codebook[v].kind == "amount" and v != "land_area")


def _found(
    values: dict[str, Grid], name: str, kind: Kind, cells: Cells, true: dict[str, Grid]
) -> tuple[bool, bool]:
    """Whether the defect is found at one of its cells, and whether as an error."""
    suspicions = _suspicions(values, name, kind.codes[0], true)
    hits = [
        s
        for _, s in suspicions
        if s.code.startswith(kind.codes) and (cells & set(s.cells) or s.code.endswith("lagged"))
    ]
    return bool([s for s in hits if s.severity != "note"]), any(s.severity == "error" for s in hits)


def _suspicions(
    values: dict[str, Grid], name: str, code: str, true: dict[str, Grid]
) -> list[tuple[str, Suspicion]]:
    """What the detectors of one kind of defect say of the variable, or of all of them."""
    if code.startswith("source"):
        return [(name, s) for s in find_disagreement(values[name], true[name])]
    if code == "index-lagged":
        return [(name, s) for s in find_lagged_index(values[name], values["gdp"])]
    total = {name: true[name].sum(axis=0)} if code == "total-missed" else {}
    return _examined(values if code == "identity-broken" else {name: values[name]}, total)


def _examined(values: dict[str, Grid], totals: dict[str, Grid]) -> list[tuple[str, Suspicion]]:
    """The examination of some variables, written as finely as their sources print them."""
    codebook = _study().codebook
    factors = {
        v: conversion_factor(codebook[v].unit, codebook[v].source_unit) or 1.0 for v in values
    }
    kinds = {v: row.kind for v, row in codebook.items()}
    fineness = {v: decimals_of(x * factors[v]) for v, x in values.items()}
    return list(examine(values, kinds, fineness, totals))


def one(task: tuple[str, int]) -> tuple[str, bool, bool, bool]:
    """One planted defect: (kind, does it change the result, is it found, is it found as an
    error)."""
    label, draw = task
    kind = KINDS[label]
    rng = np.random.default_rng([draw, list(KINDS).index(label)])
    true = _panel(1000 + draw)
    before, se = _headline(true)
    names = kind.variables or _entering()
    name = names[int(rng.integers(len(names)))]
    values = {v: x.copy() for v, x in true.items()}
    variable = _study().codebook[name]
    factor = conversion_factor(variable.source_unit, variable.unit) or 1.0
    unit = float(np.min(10.0 ** -decimals_of(true[name] / factor)))
    cells = kind.plant(rng, values[name])
    values[name] = (
        np.round(values[name] / factor / unit) * unit * factor
    )  # written as finely as the variable is
    try:
        after = _headline(values)[0]
    except Exception:  # the defect stops the construction: it does not pass unseen
        after = np.inf
    return label, abs(after - before) > 0.1 * se, *_found(values, name, kind, cells, true)


def clean(seed: int) -> tuple[int, int]:
    """Errors and warnings on a clean panel."""
    values = _panel(5000 + seed)
    totals = {v: values[v].sum(axis=0) for v in ("gdp", "pop", "trade", "patents")}
    severities = [s.severity for _, s in _examined(values, totals)]
    return severities.count("error"), severities.count("warning")


def main() -> None:
    """Run the study on all cores and write its page and its numbers."""
    tasks = [(label, draw) for label in KINDS for draw in range(DRAWS)]
    with ProcessPoolExecutor() as pool:
        results = list(
            tqdm(pool.map(one, tasks, chunksize=10), total=len(tasks), desc="planted defects")
        )
        alarms = list(
            tqdm(pool.map(clean, range(PANELS), chunksize=10), total=PANELS, desc="clean panels")
        )
    rows = [_row(label, [r[1:] for r in results if r[0] == label]) for label in KINDS]
    errors, warnings = [a for a, _ in alarms], [b for _, b in alarms]
    folder = Path("reports/methods")
    folder.mkdir(parents=True, exist_ok=True)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["defect", "planted", "change_the_result", "found", "found_as_error", "found_of_all"]
    )
    writer.writerows(rows)
    (folder / "forensics.csv").write_text(out.getvalue(), encoding="utf-8")
    (folder / "forensics.md").write_text(_page(rows, errors, warnings), encoding="utf-8")
    print(f"{folder}/forensics.md")


def _row(label: str, planted: list[tuple[bool, bool, bool]]) -> list[object]:
    """A kind of defect: planted, changing the result, found of those, as errors, found of all."""
    changing = [(found, error) for changes, found, error in planted if changes]
    return [
        label,
        len(planted),
        len(changing),
        _share([found for found, _ in changing]),
        _share([error for _, error in changing]),
        _share([found for _, found, _ in planted]),
    ]


def _share(hits: list[bool]) -> float:
    return float(np.mean(hits)) if hits else float("nan")


def _page(rows: list[list[object]], errors: list[int], warnings: list[int]) -> str:
    lines = [
        "# Forensics: what is found, and what is found that is not there",
        "",
        "Made by `make forensics-power`. Each draw simulates the demo's panel (31 provinces, 13 "
        "years, 48 variables) anew and "
        f"plants one defect in a raw variable that enters treatment or outcome; {DRAWS} draws a "
        "kind. A defect *changes the result* when "
        "it moves the headline coefficient by more than a tenth of its standard error. *Found*: a "
        "finding of the right kind, "
        "error or warning, at one of the cells.",
        "",
        "| defect | change the result | found of those | as an error | found of all |",
        "|---|---|---|---|---|",
    ]
    for label, planted, changing, power, as_error, of_all in rows:
        shown = [f"{power:.0%}", f"{as_error:.0%}"] if changing else ["–", "–"]
        lines.append(
            f"| {label} | {changing} of {planted} | {shown[0]} | {shown[1]} | {of_all:.0%} |"
        )
    quiet = float(np.mean([e == 0 for e in errors]))
    lines += [
        "",
        f"False alarms on {PANELS} clean panels of 48 variables: no error in {quiet:.1%} of the "
        "panels, at most "
        f"{max(errors)} in one, {np.mean(errors):.3f} a panel; {np.mean(warnings):.1f} warnings a "
        "panel.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
