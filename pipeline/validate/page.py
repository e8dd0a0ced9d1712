"""The validation report: every variable's provinces and years as a picture, every finding as a row;
English and Chinese."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader

from pipeline.formula.grid import Grid
from pipeline.panel.finding import RANK, Finding
from pipeline.panel.gaps import declared_gaps
from pipeline.report.writers.html import value
from pipeline.study import Study

_LABELS = {
    "title": ("Data validation", "数据校验报告"),
    "present": ("observed", "已观测"),
    "missing": ("missing", "缺失"),
    "filled": ("filled as declared", "按设定插补"),
    "repaired": ("repaired", "已修正"),
    "warning": ("warning", "警告"),
    "error": ("error", "错误"),
    "findings": ("Findings", "校验结果"),
    "variables": ("Variables", "变量"),
    "found": ("found", "发现"),
    "expected": ("expected", "应为"),
    "remedy": ("to do", "处理"),
    "where": ("where", "位置"),
    "none": ("The checks found nothing.", "校验没有发现问题。"),
    "language": ("", "（校验结果原文为英文）"),
    "synthetic": ("Synthetic data, not real statistics.", "合成数据，非真实统计。"),
    "share": ("{} of the cells observed", "{}的单元格已观测"),
    "note": ("note", "提示"),
    "colon": (": ", "："),
    "count": ("{} errors, {} warnings, {} notes.", "{}个错误，{}条警告，{}条提示。"),
    "step": (
        "province by year; a cell's findings show on hovering",
        "省份×年份；悬停可见该单元格的校验结果",
    ),
}
_CELL = (11, 8)
# (province, year) as indices -> status and what is said about it.
Statuses = dict[tuple[int, int], tuple[str, str]]


@dataclass(frozen=True)
class Mark:
    """One cell that is not simply observed: its place in the picture,
    its status and what is said about it."""

    x: int
    y: int
    status: str
    text: str


@dataclass(frozen=True)
class Panel:
    """One variable's picture."""

    name: str
    label: str
    file: str
    share: str
    marks: list[Mark]
    whole: list[str]


def validation_page(
    study: Study, raw: pd.DataFrame, grids: dict[str, Grid], findings: list[Finding], language: str
) -> str:
    """The page as HTML text, self-contained; the same input gives the same bytes."""
    words = {key: pair[language == "zh"] for key, pair in _LABELS.items()}
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = [p.zh if language == "zh" else p.en for p in study.provinces]
    counts = {s: sum(f.severity == s for f in findings) for s in RANK}
    rows = [
        {
            "severity": f.severity,
            "code": f.code,
            "where": str(f.where),
            "found": f.found,
            "expected": f.expected,
            "remedy": f.remedy,
        }
        for f in findings
    ]
    return environment.get_template("page.html.j2").render(
        words=words,
        language=language,
        study=study,
        title=study.spec.title.in_language(language),
        provinces=names,
        years=study.years,
        panels=_panels(study, raw, grids, findings, language),
        findings=rows,
        counts=counts,
        cell=_CELL,
    )


def _panels(
    study: Study, raw: pd.DataFrame, grids: dict[str, Grid], findings: list[Finding], language: str
) -> list[Panel]:
    files = {s.name: s.file for s in study.spec.sources}
    return [
        Panel(
            name,
            study.label(name, language),
            files[study.codebook[name].source],
            f"{np.isfinite(x).mean():.0%}",
            [
                Mark(t * _CELL[0], i * _CELL[1], s, _titled(study, i, t, s, text, language))
                for (i, t), (s, text) in sorted(_statuses(study, raw, name, x, findings).items())
            ],
            _about_all_years(study, name, findings)[:4],
        )
        for name, x in grids.items()
    ]


def _statuses(
    study: Study, raw: pd.DataFrame, name: str, x: Grid, findings: list[Finding]
) -> Statuses:
    """(province, year) -> status and what is said, of the cells that are not simply observed."""
    status = _gaps(study, name, x) | _repairs(study, raw, name)
    for f in _of_variable(name, findings):
        year = f.where.year
        if f.severity == "note" or year is None or year not in study.years:
            continue
        for i in _rows(study, f.where.province):
            place = (i, year - study.years[0])
            if status.get(place, ("", ""))[0] != "missing":
                status[place] = (f.severity, f"{f.code}: {f.found}")
    return status


def _gaps(study: Study, name: str, x: Grid) -> Statuses:
    """Empty cells, those apart that the study fills."""
    fill = next((f for f in study.fills if f.variable == name), None)
    filled = declared_gaps(x, fill.max_gap, fill.ends) if fill else np.zeros(x.shape, dtype=bool)
    return {
        (int(i), int(t)): ("filled", fill.reason) if fill and filled[i, t] else ("missing", "")
        for i, t in np.argwhere(~np.isfinite(x))
    }


def _repairs(study: Study, raw: pd.DataFrame, name: str) -> Statuses:
    rows = {p.code: i for i, p in enumerate(study.provinces)}
    mine = raw[(raw["variable"] == name) & (raw["repair"] != "") & raw["province"].isin(rows)]
    cells = zip(mine["province"], mine["year"], mine["repair"], strict=True)
    return {(rows[p], int(y) - study.years[0]): ("repaired", str(why)) for p, y, why in cells}


def _of_variable(name: str, findings: list[Finding]) -> list[Finding]:
    """The findings about a variable, the worst last."""
    mine = (f for f in findings if f.where.variable == name)
    return sorted(mine, key=lambda f: -RANK[f.severity])


def _rows(study: Study, province: str | None) -> list[int]:
    """The row of a province in the picture; all rows where none of the study's is named."""
    names = [p.en for p in study.provinces]
    return [names.index(province)] if province in names else list(range(len(names)))


def _about_all_years(study: Study, name: str, findings: list[Finding]) -> list[str]:
    """Findings about a variable that no cell of the picture shows."""
    return [
        f"{f.severity}: {f.code}"
        for f in _of_variable(name, findings)
        if f.where.year not in study.years and f.severity != "note"
    ]


def _titled(study: Study, i: int, t: int, status: str, text: str, language: str) -> str:
    province = study.provinces[i].zh if language == "zh" else study.provinces[i].en
    said = _LABELS[status][language == "zh"]
    return f"{province} {study.years[t]}: {said}" + (f" ({text[:160]})" if text else "")
