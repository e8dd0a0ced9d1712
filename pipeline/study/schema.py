"""The typed schema of a study's own files: study.toml, codebook.csv, variables.toml, indices.toml,
levers.toml."""

import re
from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.closed import Closed, Name, Text
from pipeline.study.style import Style

Language = Literal["en", "zh"]
Year = Annotated[int, Field(ge=1900, le=2100)]
# The first and the last of them.
Years = Annotated[list[Year], Field(min_length=2, max_length=2)]
Weighting = Literal["entropy", "critic", "equal", "pca", "scatter", "expert", "ahp", "combination"]
Period = Literal["pooled", "per_year", "base_year", "expanding"]
Aggregation = Literal["linear", "geometric", "topsis"]
# `entropy`, `critic_topsis`, `entropy_base_year`: a weighting, then another period or another
# aggregation.
Variant = Annotated[
    str,
    Field(
        pattern=r"^(entropy|critic|equal|pca|scatter|expert|ahp|combination)"
        r"(_(per_year|base_year|expanding|geometric|topsis))?$"
    ),
]
Region = Literal["east", "central", "west", "northeast"]


class Bureau(Closed):
    """A query of the statistical bureau's interface: topic path, indicator as the site names it,
    first and last year."""

    path: str
    indicator: str
    years: Years


class Source(Closed):
    """One source file: a file, or a member of a zip archive (`yearbook.zip/2-5.xls`). Its layout is
    recognised.

    province, year, variable, value: headings of the columns that hold them, where recognition
    should not decide
    flag: heading of a column of flags; cells whose flag is in exclude_flags are left out
    url, commit, sha256, licence, citation: where `make fetch` gets it, how it is verified, what the
    data availability statement says; nbs: a query of the bureau's interface instead of an address
    max_bytes: the most that `make fetch` takes for it, unpacked
    """

    name: Name
    file: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$")]
    province: str | None = None
    year: str | None = None
    variable: str | None = None
    value: str | None = None
    flag: str | None = None
    exclude_flags: list[str] = []
    citation: str = ""
    url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    commit: str = ""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    licence: str = ""
    nbs: Bureau | None = None
    max_bytes: Annotated[int, Field(ge=1)] = 2_000_000_000

    @property
    def container(self) -> str:
        """The file that is had: the archive, for a member of one."""
        archive = re.match(r".+?\.zip(?=/)", self.file, re.IGNORECASE)
        return archive[0] if archive else self.file


class Roles(Closed):
    """Which constructed variable plays which part. Acknowledged overlaps are raw indicators allowed
    in two parts."""

    outcome: Name
    treatment: Name
    mediators: list[Name] = []
    controls: list[Name] = []
    acknowledged_overlap: list[Name] = []


class Check(Closed):
    """A logical rule between raw variables, as `va1 + va2 + va3 == gdp` or `income_urban >
    income_rural`."""

    rule: str
    tolerance: Annotated[float, Field(ge=0, lt=1)] = 0.0
    severity: Literal["error", "warning"] = "error"
    remedy: str = (
        "Compare the cells with the source; correct the source file or exclude the cell with its "
        "reason."
    )


class Bootstrap(Closed):
    """How many draws, the level of the intervals, and the memory that the draws of one table may
    take."""

    draws: Annotated[int, Field(ge=99, le=10_000_000)] = 9999
    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    memory_mb: Annotated[int, Field(ge=16)] = 1024


class Inference(Closed):
    """decides: the test by which coefficients of treatments and mechanisms are judged everywhere:
    stars, arrows, readings, sentences. `paths`: whole paths permuted between units. Controls are
    judged by CR2, whose degrees of freedom know how unequally units carry a coefficient.

    Where a test cannot be made of a model (too few complete units, a cluster that cannot be left
    out) WCR31 takes its place; interactions with levers are judged by WCR31 in any case.
    """

    decides: Literal["paths", "wcr31", "wcr11", "cr2", "crv3", "t"] = "paths"


class Headline(Closed):
    """The column of a table that answers the study's question; columns are counted from 1."""

    table: str
    column: Annotated[int, Field(ge=1)]


class StudySpec(Closed):
    """study.toml: what is studied, from which files, who plays which part.

    unbalanced: province-years that a source lacks altogether are a warning, not an error
    headline: the column that answers the question, by default the one whose model is that of the
    roles
    style: the journal's preset by which tables are printed, and where the study differs from it
    """

    title: Text
    question: Text
    synthetic: bool = False
    seed: Annotated[int, Field(ge=0)]
    years: Years
    base_year: Year
    provinces_without: list[str] = []
    unbalanced: bool = False
    languages: Annotated[list[Language], Field(min_length=1)] = ["en", "zh"]
    roles: Roles
    headline: Headline | None = None
    style: Style = Style()
    bootstrap: Bootstrap = Bootstrap()
    inference: Inference = Inference()
    sources: Annotated[list[Source], Field(min_length=1)]
    checks: list[Check] = []
    remarks: list[Text] = []


class Variable(Closed):
    """One row of the codebook: a raw variable, where it stands in the sources and what it may look
    like.

    kind:  amount (a level, >= 0), signed, share (in [0, 1] once converted), index
    use:   indicator (belongs to one part of the analysis only) or scale (population, GDP, prices:
    may divide anything)
    jump:  largest believable ratio between successive years; beyond it a warning says "unit slip?"
    concept: what it measures, a name of the catalogue of known variables; by default its own name,
    if that is one
    vintage: which revision or definition, where a series has several (`4th census`): two of one
    series never mix
    question: what `make import` could not decide; a study runs when every question is answered and
    this cell empty
    """

    variable: Name
    label_en: str
    label_zh: str
    kind: Literal["amount", "signed", "share", "index"]
    use: Literal["indicator", "scale"]
    unit: str
    source: str
    header: str
    source_unit: str
    minimum: float | None = None
    maximum: float | None = None
    jump: Annotated[float, Field(gt=1)] | None = None
    note: str = ""
    concept: str = ""
    vintage: str = ""
    question: str = ""


class Derived(Closed):
    """A variable computed from others by a formula of the grammar in `formula.py`."""

    label: Text
    formula: str
    unit: str = ""


class Fill(Closed):
    """A gap filling that the study declares, for gaps of at most `max_gap` years.

    method: `linear` between observed years, `trend` (the province's ratio to the national trend),
    `kalman` (smoothed level), or
            `multiple` imputation: every estimate is made on each of `imputations` panels and pooled
            by Rubin's rules; draws know outcome, treatment, mediators and controls
    ends:   also before the first and after the last observed year (never by `linear`)
    """

    variable: Name
    method: Literal["linear", "trend", "kalman", "multiple"]
    max_gap: Annotated[int, Field(ge=1)] = 1
    ends: bool = False
    imputations: Annotated[int, Field(ge=2, le=100)] = 20
    reason: str


class VariablesSpec(Closed):
    """variables.toml."""

    fill: list[Fill] = []
    variables: dict[Name, Derived] = {}


class Repair(Closed):
    """A correction of raw cells, with its reason: repairs.toml.

    variable, provinces (default all), years: the cells; action:
      set      `value` takes the cell's place, in the codebook's unit
      drop     the cells count as missing
      scale    times `factor`: a slipped decimal point
      shift    values move by `by` years: -1 where a series is stored a year late
      exchange in each year, province k gets the value stored at province k + 1, the last one the
               first's
      confirm  the cells were looked up and are right: findings about them become notes
    found: what the file holds, in its unit, so that a corrected file is not corrected again
    """

    variable: Name
    action: Literal["set", "drop", "scale", "shift", "exchange", "confirm"]
    provinces: list[str] = []
    years: list[Year] = []
    value: float | None = None
    factor: float | None = None
    by: Annotated[int, Field(ge=-3, le=3)] | None = None
    found: float | None = None
    reason: Annotated[str, Field(min_length=3)]
    source: str = ""


class RepairsSpec(Closed):
    """repairs.toml."""

    repair: list[Repair] = []


class Dimension(Closed):
    """A dimension of an index: its label and its indicators with their directions."""

    label: Text
    indicators: Annotated[dict[Name, Literal["+", "-"]], Field(min_length=1)]


class IndexSpec(Closed):
    """A composite index: weights on normalised indicators, aggregated to a score.

    weights: how they are made; `expert` and `ahp` are given below, `combination` mixes those of
    `combine`
    period: weights from all years (`pooled`), of each year, of the base year, or of the years up to
    each
    aggregate: weighted sum, weighted geometric mean, or closeness to the ideal (TOPSIS)
    normalise: direction-aware min-max, z-scores or ranks; reference: the years whose range, mean or
    ranks are used
    shift: added to the normalised values before logarithms are taken of them
    variants: others built beside it as <index>_<variant>: a weighting, or one with another period
    or aggregation
    """

    label: Text
    weights: Weighting = "entropy"
    period: Period = "pooled"
    aggregate: Aggregation = "linear"
    normalise: Literal["minmax", "zscore", "rank"] = "minmax"
    reference: Years | None = None
    shift: Annotated[float, Field(gt=0, le=0.1)] = 1e-4
    expert: dict[Name, Annotated[float, Field(ge=0)]] | None = None
    ahp: list[list[Annotated[float, Field(gt=0)]]] | None = None
    combine: list[Weighting] | None = None
    variants: list[Variant] = []
    dimensions: Annotated[dict[Name, Dimension], Field(min_length=1)]

    def indicators(self) -> dict[str, str]:
        """Indicator -> direction over all dimensions."""
        return {name: sign for d in self.dimensions.values() for name, sign in d.indicators.items()}


Timing = Literal["base_year", "lag", "current"]
# A challenge (c) or a path (p), with its number.
LeverKey = Annotated[str, Field(pattern=r"^[cp][1-9][0-9]?$")]
LeverGroup = Literal["challenges", "paths"]


def lever_group(key: LeverKey) -> LeverGroup:
    """What a lever is, by the first letter of its key."""
    return "challenges" if key.startswith("c") else "paths"


class Lever(Closed):
    """A challenge (c1, c2, ...) that weakens the effect of the treatment, or a path (p1, p2, ...)
    that strengthens it.

    variable: its proxy, any variable of the study; source: where the proxy comes from and what it
    stands for
    timing: the value that enters, so that the lever is no outcome of the treatment: of the base
    year throughout, of one
            year earlier, or of the same year (said under every table)
    moves: the arrow it moves in the theory's figure: `direct`, or the mechanism behind the
    treatment's arrow
    untestable: why no proxy exists at province level; then neither variable nor source
    """

    label: Text
    variable: Name | None = None
    timing: Timing = "lag"
    moves: Name = "direct"
    source: Text | None = None
    untestable: Text | None = None
