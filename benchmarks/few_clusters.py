"""Monte Carlo study of percentile intervals of a*b where clusters are few (`make coverage`).

3 to 20 clusters x 12 years, treatment and errors as in `benchmarks.coverage`, with and without
three controls; in the skewed designs the clusters' scales are lognormal with one SD. Replicates of
fewer distinct clusters than slopes are dropped, as the pipeline drops them. Writes
reports/methods/few_clusters.md and .csv.
"""

import csv
import io
import itertools
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.coverage import T, correlated
from pipeline.inference.draws import cluster_counts, enough, generator
from pipeline.inference.intervals import percentile
from pipeline.inference.mediation import mediation_effects
from pipeline.inference.moments import build_moments
from pipeline.results.estimate import MOST_DROPPED

CLUSTERS = (3, 4, 5, 6, 7, 8, 10, 12, 15, 20)
NULL = "a = 0.4, b = 0"
PATHS = {NULL: (0.4, 0.0), "a = b = 0.15": (0.15, 0.15), "a = b = 0.4": (0.4, 0.4)}
# Name of a design -> controls, and SD of the logarithm of the clusters' scales.
DESIGNS = {
    "equal": (0, 0.0),
    "equal, 3 controls": (3, 0.0),
    "skewed": (0, 1.0),
    "skewed, 3 controls": (3, 1.0),
}
DRAWS = 999
MEASURES = ("coverage", "excludes 0", "dropped")
# Coverage that few clusters may cost, beside the most clusters in the same design.
LOSS = 0.05

Row = dict[str, object]


def one(seed: int, clusters: int, design: str, path: str) -> list[float]:
    """The measures of one panel, NaN but the last where half of the draws are dropped."""
    (controls, spread), (a, b) = DESIGNS[design], PATHS[path]
    rng = generator(seed, f"few/{clusters}/{design}/{path}")
    size = np.exp(spread * rng.standard_normal((clusters, 1)))
    beside = [correlated(rng, clusters) for _ in range(controls)]
    x = size * correlated(rng, clusters)
    m = a * x + size * correlated(rng, clusters)
    y = 0.2 * x + b * m + size * correlated(rng, clusters)
    columns = np.column_stack([v.ravel() for v in (*beside, x, m, y)])
    unit, year = np.repeat(np.arange(clusters), T), np.tile(np.arange(T), clusters)
    moments = build_moments(columns, unit, year, unit)
    weights = np.concatenate(list(cluster_counts(seed, "few", DRAWS, clusters)))
    drawn = mediation_effects(moments, controls, 1, weights)
    kept = drawn.kept & enough(weights, controls + 2)
    dropped = 1 - float(kept.mean())
    if dropped > 0.5:
        return [np.nan, np.nan, dropped]
    low, high = percentile(drawn.indirect[0, kept], 0.95)
    return [float(low <= a * b <= high), float(low > 0 or high < 0), dropped]


def _chunk(job: tuple[int, int, int, str, str]) -> list[list[float]]:
    start, stop, *rest = job
    return [one(seed, *rest) for seed in range(start, stop)]


def study(panels: int, workers: int) -> list[Row]:
    """Means of the measures over `panels` panels; a row a number of clusters, design and path."""
    cases = list(itertools.product(CLUSTERS, DESIGNS, PATHS))
    bounds = list(itertools.pairwise(np.linspace(0, panels, workers + 1).astype(int)))
    jobs = [(int(i), int(j), *case) for case in cases for i, j in bounds]
    with ProcessPoolExecutor(workers) as pool:
        parts = list(tqdm(pool.map(_chunk, jobs), "few clusters", len(jobs), disable=None))
    rows: list[Row] = []
    for k, (clusters, design, path) in enumerate(cases):
        found = np.concatenate(parts[k * workers : (k + 1) * workers]).mean(axis=0)
        named = dict(zip(MEASURES, map(float, found), strict=True))
        rows.append({"clusters": clusters, "design": design, "path": path, **named})
    return rows


def least(rows: list[Row]) -> int:
    """The smallest number of clusters from which on coverage is within `LOSS` of that with the
    most clusters, in every design that keeps its draws."""
    most = {_case(r): _number(r, "coverage") for r in rows if r["clusters"] == CLUSTERS[-1]}
    sound = [r for r in rows if _number(r, "dropped") <= MOST_DROPPED]
    poor = [r for r in sound if _number(r, "coverage") < most[_case(r)] - LOSS]
    return min(g for g in CLUSTERS if g > max((_number(r, "clusters") for r in poor), default=0))


def _case(row: Row) -> tuple[str, str]:
    return str(row["design"]), str(row["path"])


def _number(row: Row, key: str) -> float:
    return float(str(row[key]))


def report(rows: list[Row], panels: int) -> str:
    """The study as a Markdown page: the worst case over the pairs."""
    error = 1.96 * np.sqrt(0.95 * 0.05 / panels)
    lines = [
        "# Percentile intervals of a*b with few clusters",
        "",
        f"{panels:,} simulated panels of G clusters x {T} years for each design and pair (a, b): "
        f"{'; '.join(PATHS)}. {DRAWS} draws; those of fewer distinct clusters than slopes are "
        f"dropped. Monte Carlo error of a share near 5%: ±{error:.3f}. Made by `make coverage`.",
        "",
    ]
    lines += _table("Least coverage over the pairs (nominal 0.950)", rows, "coverage", min)
    null = [r for r in rows if r["path"] == NULL]
    lines += _table(f"Share of intervals that exclude 0, {NULL}", null, "excludes 0", max)
    lines += _table("Share of draws dropped", rows, "dropped", max)
    lines += [
        "## What follows",
        "",
        f"From {least(rows)} clusters on, coverage is within {LOSS:.2f} of that with "
        f"{CLUSTERS[-1]} clusters in every design in which no more than {MOST_DROPPED:.0%} of the "
        "draws are dropped. What clusters of unequal scale cost, more clusters do not give back.",
        "",
    ]
    return "\n".join(lines)


def _table(
    title: str, rows: list[Row], measure: str, worst: Callable[[Iterable[float]], float]
) -> list[str]:
    def cell(design: str, clusters: int) -> str:
        own = [r for r in rows if (r["design"], r["clusters"]) == (design, clusters)]
        found = worst(_number(r, measure) for r in own)
        return "" if np.isnan(found) else f"{found:.3f}"

    head = "| design | " + " | ".join(f"G = {g}" for g in CLUSTERS) + " |"
    body = [f"| {d} | " + " | ".join(cell(d, g) for g in CLUSTERS) + " |" for d in DESIGNS]
    return [f"## {title}", "", head, "|:--|" + ":-:|" * len(CLUSTERS), *body, ""]


def main(panels: int = 1_000, workers: int = 2, folder: Path = Path("reports/methods")) -> None:
    """Run the study and write its page and its numbers."""
    rows = study(panels, workers)
    page = report(rows, panels)
    (folder / "few_clusters.md").write_text(page, encoding="utf-8")
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / "few_clusters.csv").write_text(out.getvalue(), encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
