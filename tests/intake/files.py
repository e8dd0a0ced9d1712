"""Files of a made-up panel, as a user may have them."""

import csv

import numpy as np
import openpyxl

from pipeline.panel.provinces import PROVINCES


def panel_rows(headings, years=range(2011, 2016), scale=1.0):
    rng = np.random.default_rng(5)
    rows = [["地区", "年份", *headings]]
    levels = np.exp(6 + rng.standard_normal((31, len(headings))))
    for i, p in enumerate(PROVINCES):
        for y in years:
            rows.append(
                [
                    p.zh,
                    y,
                    *(
                        round(
                            float(v)
                            * scale
                            * 1.07 ** (y - 2011)
                            * float(np.exp(0.02 * rng.standard_normal())),
                            2,
                        )
                        for v in levels[i]
                    ),
                ]
            )
    return rows


def write(path, rows):
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
    return path


def by_name(rows):
    return {r["variable"]: r for r in rows}
