"""The validation report: every variable's provinces and years as a picture, every finding as a row;
English and Chinese."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, select_autoescape

from pipeline.formula.functions import Grid
from pipeline.panel.finding import RANK, Finding
from pipeline.panel.gaps import declared_gaps
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
        autoescape=select_autoescape(["html", "j2"]),
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
    rows = {p.code: i for i, p in enumerate(study.provinces)}
    names = {p.en: i for i, p in enumerate(study.provinces)}
    repaired = raw[(raw["repair"] != "") & raw["province"].isin(rows)]
    out = []
    for name, x in grids.items():
        status: dict[tuple[int, int], tuple[str, str]] = {}
        fill = next((f for f in study.fills if f.variable == name), None)
        gaps = declared_gaps(x, fill.max_gap, fill.ends) if fill else np.zeros(x.shape, dtype=bool)
        for i, t in np.argwhere(~np.isfinite(x)):
            status[int(i), int(t)] = (
                ("filled", fill.reason) if fill and gaps[i, t] else ("missing", "")
            )
        for cell in repaired[repaired["variable"] == name].to_dict("records"):
            status[rows[cell["province"]], int(cell["year"]) - study.years[0]] = (
                "repaired",
                str(cell["repair"]),
            )
        whole: list[str] = []
        for f in sorted(
            (f for f in findings if f.where.variable == name), key=lambda f: -RANK[f.severity]
        ):
            year = f.where.year
            if year is None or year not in study.years:
                if f.severity != "note":
                    whole.append(f"{f.severity}: {f.code}")
                continue
            units = [names[f.where.province]] if f.where.province in names else range(len(rows))
            for i in units if f.severity != "note" else []:
                place = (i, year - study.years[0])
                if status.get(place, ("", ""))[0] != "missing":
                    status[place] = (f.severity, f"{f.code}: {f.found}")
        label = study.label(name, language)
        marks = [
            Mark(t * _CELL[0], i * _CELL[1], s, _titled(study, i, t, s, text, language))
            for (i, t), (s, text) in sorted(status.items())
        ]
        out.append(
            Panel(
                name,
                label,
                files[study.codebook[name].source],
                f"{np.isfinite(x).mean():.0%}",
                marks,
                whole[:4],
            )
        )
    return out


def _titled(study: Study, i: int, t: int, status: str, text: str, language: str) -> str:
    province = study.provinces[i].zh if language == "zh" else study.provinces[i].en
    said = _LABELS[status][language == "zh"]
    return f"{province} {study.years[t]}: {said}" + (f" ({text[:160]})" if text else "")
