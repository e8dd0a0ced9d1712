"""The stage of all methods: the results file of every spec, estimated where what it is made from
has changed.
"""

import json
import traceback
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.fresh.record import Record, Step
from pipeline.fresh.remake import remake
from pipeline.methods import reads
from pipeline.methods.discover import Method, by_kind
from pipeline.models.gate import require_numbers
from pipeline.models.task import Task
from pipeline.panel.characters import tell
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel, read_panel
from pipeline.results.pool import NotPoolable, pool
from pipeline.results.result import Result, to_json
from pipeline.study.artifact import require, write_text
from pipeline.study.specs import Spec
from pipeline.study.study import Study


def estimates(name: str, spec: Spec) -> bool:
    """Whether a spec has a results file of its own: a figure of a method with a table shows that
    table's.
    """
    method = by_kind()[spec.kind]
    return method.has("estimate") and (name.startswith("tables/") or method.table_spec is None)


def estimate(study: Study, panel: Panel, name: str, spec: Spec) -> Result:
    """The result of one spec on one panel. Raises Rejected where the method refuses it."""
    method = by_kind()[spec.kind]
    own = reads.part(panel, reads.columns(study, spec))
    task = Task(study, own, name, spec)
    require_numbers(own.frame, own.frame.columns, task.file)
    result: Result = method.function("estimate")(task)
    return result


def estimate_pooled(
    study: Study, panel: Panel, draws: list[Panel], name: str, spec: Spec
) -> Result:
    """The result on the panel; where multiple imputation filled cells behind it, pooled over the
    draws by Rubin's rules.

    Methods whose results differ in shape from draw to draw keep the result on the panel of mean
    draws, and say so.
    """
    whole = estimate(study, panel, name, spec)
    imputed = {f.variable for f in study.fills if f.method == "multiple"}
    if not draws or not imputed & whole.data.filled.keys():
        return whole
    facts = replace(whole.data, imputations=len(draws))
    if not spec.pooled:
        return replace(whole, data=facts)
    try:
        results = [estimate(study, draw, name, spec) for draw in draws]
        pooled = pool(results, study.spec.bootstrap.level)
    except NotPoolable:
        return replace(whole, data=facts)
    return replace(pooled, data=replace(facts, pooled=True))


@dataclass(frozen=True)
class Estimation:
    """The estimation of a study: its panels, and a step for every spec with results of its own."""

    study: Study
    panel: Panel
    draws: list[Panel]
    hashes: reads.PanelHashes

    @classmethod
    def of(cls, study: Study) -> "Estimation":
        """Reads the panels that `construct` wrote."""
        paths = study.paths
        panel = read_panel(require(paths.panel, "construct"), paths.panel_metadata)
        draws = [read_panel(path, paths.panel_metadata) for path in paths.imputed_panels()]
        frames = [panel.frame, *(draw.frame for draw in draws)]
        if paths.unfilled.exists():
            frames.append(read_panel(paths.unfilled, paths.panel_metadata).frame)
        return cls(study, panel, draws, reads.PanelHashes(frames))

    @property
    def specs(self) -> dict[str, Spec]:
        """Specs with results of their own, by name."""
        every: dict[str, Spec] = {**self.study.tables, **self.study.figures}
        return {name: spec for name, spec in every.items() if estimates(name, spec)}

    def step(self, name: str) -> Step:
        """What one result is made from."""
        study, spec = self.study, self.specs[name]
        names = reads.columns(study, spec)
        facts = (
            reads.study_facts(study, spec, names),
            self.hashes.of(names),
            reads.panel_facts(self.panel, names),
        )
        outputs = (study.paths.result(name),)
        code = f"{_module(by_kind()[spec.kind])}.estimate"
        return Step(f"results/{name}", (code, __name__), reads.files(study, spec), facts, outputs)

    def make(self, name: str) -> list[Finding]:
        """Write one results file, or none with the problems that the method found."""
        path = self.study.paths.result(name)
        try:
            result = estimate_pooled(self.study, self.panel, self.draws, name, self.specs[name])
        except Rejected as rejected:
            path.unlink(missing_ok=True)
            return list(rejected.findings)
        except Exception as error:  # one spec's failure, whatever it is, must not stop the others
            path.unlink(missing_ok=True)
            return [_failure(self.study, name, error)]
        write_text(path, to_json(result))
        _trace(self.study, name).unlink(missing_ok=True)
        return []


def _trace(study: Study, name: str) -> Path:
    return study.paths.build / "failures" / f"{name}.txt"


def _failure(study: Study, name: str, error: Exception) -> Finding:
    """What is told of a spec that failed in a way that nobody foresaw; the trace is kept."""
    trace = _trace(study, name)
    write_text(trace, "".join(traceback.format_exception(error)))
    where = Where(file=str(study.paths.specs / f"{name}.toml"))
    found = f"{type(error).__name__}: {error}"
    remedy = f"change the model or the data; report the failure with {trace}"
    return Finding("failed", "error", where, found, "an estimate or a refusal", remedy)


def _module(method: Method) -> str:
    return f"pipeline.methods.{method.name}"


def run(study: Study, record: Record) -> list[Finding]:
    """Write every results file whose inputs changed; the problems of specs that were refused."""
    estimation = Estimation.of(study)
    steps = {name: estimation.step(name) for name in estimation.specs}
    done = remake(record, steps, estimation.make, "estimate")
    names = f" ({', '.join(done.made)})" if done.made else ""
    refused = f", {len(done.refused)} refused" if done.refused else ""
    tell(f"estimate: {len(done.made)} of {len(steps)} specs estimated{names}{refused}")
    told = {name: [f.as_dict() for f in found] for name, found in sorted(done.refused.items())}
    write_text(study.paths.refused, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    return done.findings
