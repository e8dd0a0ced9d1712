"""Write a synthetic panel in the shapes people have: an NBS export, a yearbook workbook, a Stata
file."""

import datetime
import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.panel.provinces import PROVINCES
from pipeline.panel.units import conversion_factor
from pipeline.study.archive import stable_zip
from pipeline.study.schema import Variable

Grid = NDArray[np.float64]
MARK = "合成数据,非真实统计 / SYNTHETIC DATA, not real statistics"

# Decimals that the sources print.
DECIMALS = 2


def printed(values: Mapping[str, Grid], variable: Variable) -> Grid:
    """A variable's numbers as its source prints them: in the source's unit, rounded."""
    factor = conversion_factor(variable.unit, variable.source_unit)
    assert factor is not None, f"{variable.variable}: units checked when the codebook was read"
    return np.asarray(np.round(values[variable.variable] * factor, DECIMALS))


def nbs_export(columns: Mapping[str, tuple[Variable, Grid]], years: list[int]) -> bytes:
    """A GB18030 csv in the layout of the bureau's web export: one block an indicator, newest year
    first, footers."""
    order = list(reversed(range(len(years))))
    lines = ["数据库:分省年度数据", MARK]
    for variable, grid in columns.values():
        lines += [f"指标:{variable.header}({variable.source_unit})", f"时间:{years[0]}-{years[-1]}"]
        lines.append("地区," + ",".join(f"{years[t]}年" for t in order))
        for i, p in enumerate(PROVINCES):
            lines.append(p.zh_full + "," + ",".join(f"{grid[i, t]:.{DECIMALS}f}" for t in order))
        lines.append("数据来源:本项目的数据生成过程")
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def yearbook(sheets: Mapping[str, Mapping[str, tuple[Variable, Grid]]], years: list[int]) -> bytes:
    """A workbook with one sheet a theme: title, blank line, header with units, a row per province
    and year."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for theme, columns in sheets.items():
        sheet = book.create_sheet(theme)
        sheet.append([f"{theme} ({MARK})"])
        sheet.append([])
        sheet.append(
            ["地区", "年份", *(f"{v.header}({v.source_unit})" for v, _ in columns.values())]
        )
        for i, p in enumerate(PROVINCES):
            # Two-character names are padded in print: 北  京
            name = "  ".join(p.zh) if len(p.zh) == 2 else p.zh
            for t, year in enumerate(years):
                sheet.append([name, year, *(float(grid[i, t]) for _, grid in columns.values())])
        sheet.column_dimensions["A"].width = 12
    out = io.BytesIO()
    book.save(out)
    return stable_zip(out.getvalue())


def stata_file(columns: Mapping[str, tuple[Variable, Grid]], years: list[int]) -> bytes:
    """A Stata 15 file: English province names, a row per province and year, Chinese variable
    labels."""
    import pandas as pd

    rows = {
        "prov": [p.en for p in PROVINCES for _ in years],
        "year": [y for _ in PROVINCES for y in years],
    }
    frame = pd.DataFrame(rows | {v.header: grid.ravel() for v, grid in columns.values()})
    labels = {v.header: v.label_zh for v, _ in columns.values()} | {
        "prov": "Province",
        "year": "Year",
    }
    out = io.BytesIO()
    frame.to_stata(
        out,
        write_index=False,
        version=118,
        data_label="SYNTHETIC DATA, not real statistics",
        time_stamp=datetime.datetime(2000, 1, 1),
        variable_labels=labels,
    )
    return out.getvalue()


def long_csv(columns: Mapping[str, tuple[Variable, Grid]], years: list[int]) -> bytes:
    """A UTF-8 csv with a byte order mark and a row a cell, as statistical databases export: 地区,
    年份, 指标, 数值."""
    lines = ["地区,年份,指标,单位,数值,备注"]
    for variable, grid in columns.values():
        what = f"{variable.header},{variable.source_unit}"
        lines += [
            f'{p.zh},{year},{what},{grid[i, t]:.{DECIMALS}f},"{MARK}"'
            for i, p in enumerate(PROVINCES)
            for t, year in enumerate(years)
        ]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8")
