"""A study: everything its spec folder says, read and typed."""

from dataclasses import dataclass, field
from functools import cached_property

from pipeline.formula.grammar import Formula, parse_formula
from pipeline.panel.provinces import BY_CODE, PROVINCES, Province, find_province
from pipeline.panel.units import find_unit
from pipeline.study.closed import Text, on_one_line
from pipeline.study.paths import Paths
from pipeline.study.schema import (
    Derived,
    Fill,
    IndexSpec,
    Lever,
    Repair,
    StudySpec,
    Variable,
)
from pipeline.study.specs import FigureSpec, TableSpec


@dataclass(frozen=True)
class Study:
    """What a spec folder declares. Tables and figures are keyed by file stem, in the order of their
    names."""

    name: str
    paths: Paths
    spec: StudySpec
    codebook: dict[str, Variable]
    derived: dict[str, Derived]
    fills: list[Fill]
    indices: dict[str, IndexSpec]
    levers: dict[str, Lever]
    tables: dict[str, TableSpec]
    figures: dict[str, FigureSpec]
    repairs: list[Repair] = field(default_factory=list)

    @cached_property
    def formulas(self) -> dict[str, Formula]:
        """Parsed formulas of the derived variables."""
        return {name: parse_formula(d.formula) for name, d in self.derived.items()}

    @cached_property
    def index_columns(self) -> dict[str, str]:
        """Column -> index it is made by: the index itself, its dimensions and its variants."""
        return index_columns(self.indices)

    @cached_property
    def lever_proxies(self) -> dict[str, str]:
        """Lever -> its proxy, for the levers that the panel can test."""
        return {
            key: lever.variable for key, lever in self.levers.items() if lever.variable is not None
        }

    @cached_property
    def variables(self) -> set[str]:
        """Every variable that a table may name."""
        return {*self.codebook, *self.derived, *self.index_columns, *self.lever_proxies}

    @property
    def years(self) -> list[int]:
        first, last = self.spec.years
        return list(range(first, last + 1))

    @cached_property
    def provinces(self) -> list[Province]:
        """The units of the study: the 31, less those that the study excludes."""
        dropped = {find_province(name) for name in self.spec.provinces_without}
        return [p for p in PROVINCES if p not in dropped]

    def unit_name(self, code: int, language: str) -> str:
        """The name of a unit."""
        province = BY_CODE[code]
        return province.zh if language == "zh" else province.en

    def inputs_of(self, variable: str) -> frozenset[str]:
        """Variables that a variable is directly made from; empty for a raw one."""
        if variable in self.derived:
            return self.formulas[variable].names
        if variable in self.index_columns:
            index = self.index_columns[variable]
            spec = self.indices[index]
            dimension = variable.removeprefix(f"{index}_")
            if variable != index and dimension in spec.dimensions:
                return frozenset(spec.dimensions[dimension].indicators)
            return frozenset(spec.indicators())
        if variable in self.lever_proxies:
            return frozenset({self.lever_proxies[variable]})
        return frozenset()

    def descendants(self, variable: str) -> list[str]:
        """Every variable that is made from one, through whatever derivation, index or lever,
        nearest first."""
        made = [*self.derived, *self.index_columns, *self.lever_proxies]
        found = [variable]
        for name in found:  # the list grows while it is walked
            found += [m for m in made if name in self.inputs_of(m) and m not in found]
        return found[1:]

    def raw_variables(self, variable: str) -> frozenset[str]:
        """Raw variables, scales included, that enter a variable through whatever derivation."""
        if variable in self.codebook:
            return frozenset({variable})
        return frozenset().union(*map(self.raw_variables, self.inputs_of(variable)))

    def raw_indicators(self, variable: str) -> frozenset[str]:
        """The raw variables of a variable less scales (population, GDP, prices), which may divide
        anything."""
        return frozenset(
            v for v in self.raw_variables(variable) if self.codebook[v].use == "indicator"
        )

    def label(self, variable: str, language: str) -> str:
        """The label of a variable in a language."""
        if variable in self.codebook:
            row = self.codebook[variable]
            return on_one_line(row.label_zh if language == "zh" else row.label_en)
        if variable in self.derived:
            return self.derived[variable].label.in_language(language)
        if variable in self.levers:
            gap = "" if language == "zh" else " "
            return f"{variable.upper()}{gap}{self.levers[variable].label.in_language(language)}"
        index = self.index_columns[variable]
        spec = self.indices[index]
        part = variable.removeprefix(f"{index}_")
        if variable == index:
            return spec.label.in_language(language)
        if part in spec.dimensions:
            return spec.dimensions[part].label.in_language(language)
        label, variant = spec.label.in_language(language), variant_label(part, language)
        return f"{label}（{variant}）" if language == "zh" else f"{label} ({variant})"

    def unit(self, variable: str, language: str) -> str:
        """The unit of a variable as a table prints it; empty for indices and pure numbers."""
        if variable in self.codebook:
            unit = find_unit(self.codebook[variable].unit)
            return "" if unit is None else (unit.zh if language == "zh" else unit.en)
        if variable in self.derived:
            unit = find_unit(self.derived[variable].unit)
            return (
                on_one_line(self.derived[variable].unit)
                if unit is None
                else (unit.zh if language == "zh" else unit.en)
            )
        return ""


def index_columns(indices: dict[str, IndexSpec]) -> dict[str, str]:
    """Column -> index it is made by, of all indices."""
    columns: dict[str, str] = {}
    for name, index in indices.items():
        columns[name] = name
        columns |= {f"{name}_{dimension}": name for dimension in index.dimensions}
        columns |= {f"{name}_{weighting}": name for weighting in index.variants}
    return columns


WEIGHTING_LABELS: dict[str, Text] = {
    "entropy": Text(en="entropy weights", zh="熵值法"),
    "critic": Text(en="CRITIC weights", zh="CRITIC法"),
    "equal": Text(en="equal weights", zh="等权重"),
    "pca": Text(en="PCA weights", zh="主成分权重"),
    "scatter": Text(en="scatter-degree weights", zh="纵横向拉开档次法"),
    "expert": Text(en="expert weights", zh="专家赋权"),
    "ahp": Text(en="AHP weights", zh="层次分析法"),
    "combination": Text(en="combined weights", zh="博弈论组合赋权"),
}
_SUFFIX_LABELS: dict[str, Text] = {
    "per_year": Text(en="each year's own", zh="逐年权重"),
    "base_year": Text(en="of the base year", zh="基年权重"),
    "expanding": Text(en="of the years so far", zh="递推权重"),
    "geometric": Text(en="geometric mean", zh="几何加权"),
    "topsis": Text(en="TOPSIS", zh="TOPSIS"),
}


def variant_label(variant: str, language: str) -> str:
    """`entropy weights, of the base year` for `entropy_base_year`."""
    weighting = next(w for w in WEIGHTING_LABELS if variant == w or variant.startswith(f"{w}_"))
    rest = variant.removeprefix(weighting).removeprefix("_")
    parts = [WEIGHTING_LABELS[weighting], *([_SUFFIX_LABELS[rest]] if rest else [])]
    return ("、" if language == "zh" else ", ").join(p.in_language(language) for p in parts)
