"""The validate stage: everything that is wrong with the raw panel,
at once and in the reader's words."""

import numpy as np
import pandas as pd

from pipeline.formula.grid import Grid
from pipeline.panel.characters import tell
from pipeline.panel.finding import (
    RANK,
    Finding,
    Rejected,
    findings_csv,
    findings_from_json,
    findings_to_json,
)
from pipeline.report.findings import findings_page
from pipeline.study import Study
from pipeline.study.artifact import require, write_bytes, write_text
from pipeline.validate.breaks import check_breaks
from pipeline.validate.complete import check_cells, check_keys
from pipeline.validate.confirm import confirmed
from pipeline.validate.forensics import check_forensics
from pipeline.validate.origin import Origins
from pipeline.validate.page import validation_page
from pipeline.validate.rules import check_empty, check_jumps, check_levels, check_rules
from pipeline.validate.schema import check_schema

_SHOWN = 25


def _explained(study: Study, findings: list[Finding]) -> set[str]:
    """Variables whose absence ingest has explained:
    their file is unreadable, or their heading is not in it."""
    files = {
        f.where.file for f in findings if f.code.startswith("file-") or f.code == "columns-missing"
    }
    sources = {
        s.name for s in study.spec.sources if s.file.split("/")[-1] in files or s.file in files
    }
    lost = {v.variable for v in study.codebook.values() if v.source in sources}
    return lost | {str(f.where.variable) for f in findings if f.code == "heading-missing"}


def read_grids(study: Study, raw: pd.DataFrame) -> tuple[dict[str, Grid], pd.DataFrame]:
    """Each codebook variable as a grid (provinces, years),
    and the same cells as a wide frame of the rows there are."""
    keys = pd.MultiIndex.from_product(
        [[p.code for p in study.provinces], study.years], names=["province", "year"]
    )
    pivot = raw.pivot(index=["province", "year"], columns="variable", values="value")
    wide = pivot.reset_index()
    wide.columns.name = None
    grids: dict[str, Grid] = {}
    for name in study.codebook:
        column = pivot[name].reindex(keys) if name in pivot else pd.Series(np.nan, keys)
        grids[name] = np.asarray(column, float).reshape(len(study.provinces), len(study.years))
    return grids, wide


def _provincial(raw: pd.DataFrame) -> pd.DataFrame:
    """The rows with a value; national totals are no province."""
    return raw[(raw["province"] != 0) & raw["value"].notna()]


def validate(
    study: Study, raw: pd.DataFrame, explained: frozenset[str] | set[str] = frozenset()
) -> list[Finding]:
    """All findings on a raw long panel, errors first;
    variables in `explained` are not said to be absent again."""
    whole, raw = raw, _provincial(raw)
    origins = Origins(raw)
    grids, wide = read_grids(study, raw)
    findings = [
        *check_keys(study, raw),
        *check_cells(study, wide),
        *check_schema(study, wide, origins),
    ]
    findings += [
        *check_empty(study, grids, explained),
        *check_levels(study, grids, origins),
        *check_rules(study, grids, origins),
        *check_jumps(study, grids, origins),
        *check_breaks(study),
    ]
    blamed = {
        (str(f.where.province), int(f.where.year or 0), str(f.where.variable))
        for f in findings
        if f.severity == "error"
    }
    findings += check_forensics(study, grids, whole, origins, blamed)
    return sorted(confirmed(study, findings), key=lambda f: RANK[f.severity])


def run(study: Study) -> None:
    """Write the findings; with errors refuse the panel, without them pass it on."""
    raw = pd.read_parquet(require(study.paths.raw, "ingest"))
    findings = findings_from_json(study.paths.raw_findings.read_text(encoding="utf-8"))
    # Where nothing could be read, saying that everything is missing would bury the reason.
    findings = findings + (validate(study, raw, _explained(study, findings)) if len(raw) else [])
    findings = sorted(findings, key=lambda f: RANK[f.severity])
    write_text(study.paths.findings, findings_to_json(findings))
    write_text(study.paths.findings.with_suffix(".csv"), findings_csv(findings))
    write_text(
        study.paths.findings.with_suffix(".md"),
        findings_page(f"Data checks of the study {study.name}", findings),
    )
    used = _provincial(raw)
    grids, _ = read_grids(study, used)
    for language in study.spec.languages:
        write_text(
            study.paths.validation(language), validation_page(study, raw, grids, findings, language)
        )
    errors = [f for f in findings if f.severity == "error"]
    if errors:
        for stale in (study.paths.values, study.paths.panel, study.paths.panel_metadata):
            stale.unlink(missing_ok=True)
        raise Rejected(errors)
    write_bytes(
        study.paths.values,
        used[["province", "year", "variable", "value"]].to_parquet(index=False),
    )
    page = study.paths.validation("en")
    tell(f"validate: {len(raw):,} cells, no error, {len(findings)} warnings and notes ({page})")
    _show(findings)


def _show(findings: list[Finding]) -> None:
    for f in findings[:_SHOWN]:
        tell(f"  {f.severity} {f.where}: {f.found}")
    if len(findings) > _SHOWN:
        tell(f"  and {len(findings) - _SHOWN} more")
