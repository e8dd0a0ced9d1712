"""A study of a few provinces, years and variables, made in memory, and raw panels of it."""

import os
from pathlib import Path

import pandas as pd

from pipeline.panel.finding import Where
from pipeline.panel.provinces import PROVINCES
from pipeline.study import Study
from pipeline.study.paths import Paths
from pipeline.study.schema import Roles, Source, StudySpec, Variable
from pipeline.validate.origin import Origins
from pipeline.validate.run import read_grids

HERE = Path(__file__).resolve().parent
COLUMNS = ["province", "year", "variable", "value", "text", "file", "sheet", "cell", "flag"]
EIGHT = [p.en for p in PROVINCES[:8]]


def variable(name, **keys):
    """An amount of the first source, unless `keys` say otherwise."""
    usual = {
        "label_en": name.title(),
        "label_zh": f"变量{name}",
        "kind": "amount",
        "use": "indicator",
        "unit": "10k persons",
        "source": "first",
        "header": name,
        "source_unit": "万人",
    }
    return Variable(variable=name, **(usual | keys))


def study(*variables, provinces=("Beijing", "Tianjin", "Hebei"), folder=Path("x"), **keys):
    """A study of these variables; `keys` are of Study or of its StudySpec."""
    text = {"en": "A small study", "zh": "小型研究"}
    spec = {
        "title": text,
        "question": text,
        "seed": 1,
        "years": [2011, 2014],
        "base_year": 2011,
        "roles": Roles(outcome="a", treatment="b"),
        "sources": [Source(name="first", file="book.xlsx"), Source(name="second", file="two.csv")],
        "provinces_without": [p.en for p in PROVINCES if provinces and p.en not in provinces],
    }
    own = {k: v for k, v in keys.items() if k in Study.__dataclass_fields__}
    rest = {k: v for k, v in keys.items() if k not in own}
    empty = {"derived": {}, "fills": [], "indices": {}, "levers": {}, "tables": {}, "figures": {}}
    return Study(
        name="small",
        paths=Paths("small", *(Path(folder) / n for n in ("specs", "data", "build", "reports"))),
        spec=StudySpec(**(spec | rest)),
        codebook={v.variable: v for v in variables},
        **(empty | own),
    )


def raw_panel(study, grids, national=()):
    """The raw panel of variable -> rows of numbers (provinces, years); None leaves a row out.

    national: variable -> its totals by year
    """
    files = {s.name: s.file for s in study.spec.sources}
    codes = [p.code for p in study.provinces]
    rows = []
    for k, (name, grid) in enumerate(grids.items()):
        lines = [*zip(codes, grid, strict=True)]
        lines += [(0, dict(national)[name])] if name in dict(national) else []
        for i, (code, numbers) in enumerate(lines):
            for t, (year, value) in enumerate(zip(study.years, numbers, strict=True)):
                cell = f"{'CDEFGHIJKL'[k]}{2 + i * len(study.years) + t}"
                place = (files[study.codebook[name].source], "S1", cell)
                row = (code, year, name, value, f"{value}", *place, "", "", float("nan"))
                rows += [] if value is None else [row]
    return pd.DataFrame(rows, columns=[*COLUMNS, "repair", "before"])


def found(check, study, grids):
    """What a check of grids finds in the raw panel of these numbers."""
    raw = raw_panel(study, grids)
    arrays, _ = read_grids(study, raw)
    return list(check(study, arrays, Origins(raw)))


def at(province, year, cell, name="a"):
    """A cell of the first source."""
    return Where("book.xlsx", "S1", cell, province=province, year=year, variable=name)


def check_kept(file: Path, text: str) -> None:
    """Compare a text with the one that is kept; REGENERATE=1 writes it anew, for `git diff`."""
    if os.environ.get("REGENERATE") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode())
    assert file.read_bytes().decode() == text
