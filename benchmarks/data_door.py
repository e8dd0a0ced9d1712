"""How long files take from disk to findings: a yearbook panel and a county panel, read, placed,
proposed for, examined.

Beside ours: pandas and openpyxl reading the same bytes into a frame, which knows no province, year,
unit or defect.
"""

import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from pipeline.panel.prefectures import prefectures
from pipeline.panel.provinces import PROVINCES


def _write(path: Path, codes: list[str], years: range, variables: int) -> None:
    """A wide csv of smooth series with two decimals, one header row with units."""
    rng = np.random.default_rng(0)
    growth = 0.07 + 0.02 * rng.standard_normal((len(codes), len(years), variables))
    values = np.round(
        np.exp(7 + rng.standard_normal((len(codes), 1, variables)) + np.cumsum(growth, axis=1)), 2
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "year", *(f"series {k} (亿元)" for k in range(variables))])
        writer.writerows(
            [c, y, *values[i, t]] for i, c in enumerate(codes) for t, y in enumerate(years)
        )


def _xlsx(source: Path, target: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    with source.open(encoding="utf-8") as file:
        for i, row in enumerate(csv.reader(file)):
            sheet.append(row if i == 0 else [row[0], int(row[1]), *map(float, row[2:])])
    book.save(target)


def _counties(n: int) -> list[str]:
    codes = [str(p + k) for p in prefectures() for k in range(21, 32)]
    return codes[:n]


def _ours(path: Path) -> dict[str, float]:
    """Seconds and peak memory of a process of its own: import and examination, start of Python
    included."""
    code = (
        "import sys, time; s = time.perf_counter(); from pathlib import Path; from "
        "pipeline.intake.run import survey_files; "
        "o, rows, _, f = survey_files([Path(sys.argv[1])]); import resource; "
        "print(time.perf_counter() - s, len(o.offers), len(f), "
        "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    ).stdout.split()
    return {
        "seconds": float(answer[0]),
        "series": float(answer[1]),
        "findings": float(answer[2]),
        "peak_gb": float(answer[3]),
    }


def _peer(path: Path) -> float:
    import pandas as pd

    start = time.perf_counter()
    pd.read_csv(path) if path.suffix == ".csv" else pd.read_excel(path, engine="openpyxl")
    return time.perf_counter() - start


def measure() -> list[dict[str, object]]:
    """One row a file: ours from the start of Python to the last finding, pandas reading the file
    alone."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "provinces.csv", Path(folder) / "counties.csv"
        _write(small, [str(p.code) for p in PROVINCES], range(2011, 2024), 120)
        _xlsx(small, small.with_suffix(".xlsx"))
        _write(large, _counties(2800), range(2004, 2024), 60)
        for name, path in (
            ("31 x 13 x 120, csv", small),
            ("31 x 13 x 120, xlsx", small.with_suffix(".xlsx")),
            ("2,800 x 20 x 60, csv", large),
        ):
            ours = _ours(path)
            rows.append(
                {
                    "name": f"import and examine {name}",
                    "ours_s": ours["seconds"],
                    "peer": "pandas reads it",
                    "peer_s": _peer(path),
                }
            )
            print(f"  {ours['series']:.0f} series, peak {ours['peak_gb']:.2f} GB")
    return rows
