"""The common ground of the mechanism tables: a model's rows, its moments, and its replicates by whole provinces."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy import stats
from tqdm import tqdm

from pipeline.inference.draws import cluster_counts
from pipeline.inference.mediation import MediationDraws, mediation_effects
from pipeline.inference.moments import Array, Ints, Moments, build_moments, codes
from pipeline.inference.within import WithinFit, within_fit
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Note, Term
from pipeline.study.model import Model
from pipeline.study.notes import data_notes
from pipeline.study.sample import select
from pipeline.study.study import Study

Part = TypeVar("Part")


def collinear(file: str, variable: str) -> Rejected:
    """The refusal of a variable that controls and effects explain."""
    where = Where(file=file, variable=variable)
    return Rejected(
        [
            Finding(
                "collinear",
                "error",
                where,
                "no variation left beside the variables before it and the effects",
                "variation of its own",
                f"drop `{variable}` from this table",
            )
        ]
    )


@dataclass(frozen=True)
class Prepared:
    """A mechanism model on its common sample: rows (complete cases), codes, and the names in play."""

    study: Study
    name: str
    model: Model
    mediators: list[str]
    rows: pd.DataFrame
    province: Ints
    year: Ints

    @property
    def file(self) -> str:
        return str(self.study.paths.specs / f"{self.name}.toml")

    @property
    def clusters(self) -> int:
        return int(self.province.max()) + 1

    def column(self, name: str) -> Array:
        return self.rows[name].to_numpy(float)

    def regress(self, outcome: str, names: list[str]) -> WithinFit:
        """Two-way within regression clustered by province."""
        x = self.rows[names].to_numpy(float)
        try:
            return within_fit(self.column(outcome), x, self.province, self.year, self.province)
        except np.linalg.LinAlgError as error:
            raise collinear(self.file, names[int(str(error).split()[1])]) from None

    def statistics(self) -> dict[str, float | int | str | bool | None]:
        """The foot of a mechanism table."""
        years = self.rows.index.get_level_values("year")
        return {
            "controls": bool(self.model.controls),
            "province_effects": True,
            "year_effects": True,
            "n": len(self.rows),
            "provinces": self.clusters,
            "first_year": int(years.min()),
            "last_year": int(years.max()),
            "df": self.clusters - 1,
        }


def prepare(
    study: Study,
    panel: Panel,
    name: str,
    model: Model,
    mediators: list[str],
    extra: Sequence[str] = (),
) -> Prepared:
    """Select the common sample of a model with its mediators (and other variables). Raises Rejected when too small."""
    names = [*model.variables, *mediators, *extra]
    rows = select(panel.frame, model.sample, names, str(study.paths.specs / f"{name}.toml"))
    province, year = (codes(rows.index.get_level_values(level)) for level in ("province", "year"))
    return Prepared(study, name, model, mediators, rows, province, year)


def collect(keys: Iterable[str], make: Callable[[str], Part]) -> dict[str, Part]:
    """What `make` gives for every key, or Rejected with the problems of all keys that are refused."""
    found: dict[str, Part] = {}
    problems: list[Finding] = []
    for key in keys:
        try:
            found[key] = make(key)
        except Rejected as rejected:
            problems += rejected.findings
    if problems:
        raise Rejected(problems)
    return found


@dataclass(frozen=True)
class Replicates:
    """The sample's effects, those of kept draws, and those without each cluster."""

    point: MediationDraws
    draws: MediationDraws
    without: MediationDraws
    asked: int

    @property
    def used(self) -> int:
        return len(self.draws.total)


def moments_of(prepared: Prepared) -> Moments:
    """Moments of [controls, treatment, mediators, outcome]. Raises Rejected naming a collinear variable."""
    model = prepared.model
    order = [*model.controls, model.treatment, *prepared.mediators, model.outcome]
    try:
        return build_moments(
            prepared.rows[order].to_numpy(float),
            prepared.province,
            prepared.year,
            prepared.province,
        )
    except ValueError as error:
        raise collinear(prepared.file, order[int(str(error).split()[1])]) from None


def replicate(prepared: Prepared, *, errors: bool = False, jointly: bool = False) -> Replicates:
    """Pairs-cluster bootstrap and cluster jackknife of a mechanism model; `jointly` where mediators share an equation.

    Raises Rejected when fewer than half of the draws identify the effects.
    """
    moments = moments_of(prepared)
    controls, k, asked = (
        len(prepared.model.controls),
        len(prepared.mediators),
        prepared.study.spec.bootstrap.draws,
    )
    _require_memory(prepared, asked * (3 * k + 3 + (k + 1) ** 2) * 8 * 2)
    chunks = cluster_counts(prepared.study.spec.seed, prepared.name, asked, moments.clusters)
    progress = tqdm(
        chunks, prepared.name, total=-(-asked // 4096), delay=2, leave=False, disable=None
    )  # shows after two seconds
    parts = [mediation_effects(moments, controls, k, w, errors=errors) for w in progress]
    kept = np.concatenate([p.jointly if jointly else p.kept for p in parts])
    if kept.sum() < asked / 2:
        found = f"{int(kept.sum())} of {asked} bootstrap draws identify the effects"
        raise Rejected(
            [
                Finding(
                    "collapsed-draws",
                    "error",
                    Where(file=prepared.file),
                    found,
                    "at least half of them",
                    "a variable moves in too few provinces, or hardly beside the others: drop it",
                )
            ]
        )

    def joined(field: str) -> Array:
        return np.concatenate([getattr(p, field) for p in parts], axis=-1)[..., kept]

    draws = MediationDraws(
        joined("a"),
        joined("b"),
        joined("total"),
        kept[kept],
        kept[kept],
        joined("rest"),
        joined("errors") if errors else None,
    )
    point = mediation_effects(moments, controls, k, np.ones((1, moments.clusters)), errors=errors)
    without = mediation_effects(moments, controls, k, 1 - np.eye(moments.clusters))
    return Replicates(point, draws, without, asked)


def _require_memory(prepared: Prepared, needed: int) -> None:
    bound = prepared.study.spec.bootstrap.memory_mb
    if needed > bound * 2**20:
        where = Where(file=str(prepared.study.paths.specs / "study.toml"), key="bootstrap.draws")
        found = f"{prepared.study.spec.bootstrap.draws:,} draws of {prepared.name} need about {needed / 2**20:,.0f} MB"
        raise Rejected(
            [
                Finding(
                    "memory",
                    "error",
                    where,
                    found,
                    f"at most bootstrap.memory_mb = {bound}",
                    "ask for fewer draws, or raise memory_mb if the machine has it",
                )
            ]
        )


def coefficient(name: str, fitted: WithinFit, position: int, level: float) -> Term:
    """A coefficient with its CRV1 error, t(G-1) p-value and interval."""
    b, se = float(fitted.beta[position]), float(np.sqrt(fitted.covariance[position, position]))
    half = float(stats.t.ppf((1 + level) / 2, fitted.df)) * se
    p = float(2 * stats.t.sf(abs(b / se), fitted.df))
    return Term(name, "estimate", b, se, b / se, p, b - half, b + half, "crv1-t")


def bootstrap_term(name: str, estimate: float, draws: Array, level: float) -> Term:
    """A quantity with its bootstrap error and percentile interval."""
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Term(
        name,
        "estimate",
        estimate,
        float(draws.std(ddof=1)),
        None,
        None,
        float(low),
        float(high),
        "percentile",
    )


def mechanism_notes(
    prepared: Prepared,
    panel: Panel,
    replicates: Replicates,
    *others: Note,
    crv1: bool = True,
    printed: bool = True,
    **flags: bool,
) -> list[Note]:
    """What every mechanism table must say; `crv1` false where no coefficient has a clustered error, `printed` false
    where no error is printed in parentheses."""
    spec = prepared.study.spec
    draws = {
        "draws": replicates.asked,
        "used": replicates.used,
        "dropped": replicates.asked - replicates.used,
        "level": spec.bootstrap.level,
        "seed": spec.seed,
        **flags,
    }
    unprinted = {} if printed else {"printed": False}
    draws |= unprinted
    coefficients = (
        [Note("crv1", {"clusters": [prepared.clusters], **unprinted}), Note("stars")]
        if crv1
        else []
    )
    return [
        *coefficients,
        Note("bootstrap" if crv1 else "bootstrap_only", draws),
        *others,
        *data_notes(prepared.study, panel, list(prepared.rows.columns)),
    ]


def draw_record(replicates: Replicates) -> dict[str, int | str]:
    """What a results file says of its draws."""
    dropped = replicates.asked - replicates.used
    reason = (
        "treatment or a mechanism without variation beside the other variables in the draw"
        if dropped
        else "none dropped"
    )
    return {
        "draws_asked": replicates.asked,
        "draws_used": replicates.used,
        "draws_dropped": dropped,
        "dropped_because": reason,
    }
