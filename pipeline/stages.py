"""The stages in their order, each made where what it reads has changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from pipeline.fresh.closure import ROOT
from pipeline.fresh.record import Record, Step
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.quick import inputs
from pipeline.reading.on_disk import container
from pipeline.study.lock import locked
from pipeline.study.paths import Paths
from pipeline.study.study import Study

# The stages in their order; each command runs all up to its own.
ORDER = ("ingest", "validate", "construct", "estimate", "report", "manifest")


@dataclass(frozen=True)
class Stage:
    """A stage with one step: its code, the spec files and other files that it reads, and what it
    writes.
    """

    name: str
    specs: tuple[str, ...]
    files: Callable[[Study], Sequence[Path]]
    outputs: Callable[[Paths, Study], Sequence[Path]]

    def step(self, study: Study) -> Step:
        """What the stage is made from."""
        paths = study.paths
        files = [*(paths.specs / name for name in self.specs), *self.files(study)]
        outputs = tuple(self.outputs(paths, study))
        return Step(self.name, (f"pipeline.{self.name}.run",), tuple(files), (), outputs)


def _sources(study: Study) -> list[Path]:
    return [container(study.paths.data / source.file) for source in study.spec.sources]


def _validated(paths: Paths, study: Study) -> list[Path]:
    reports = [paths.validation(language) for language in study.spec.languages]
    findings = [paths.findings.with_suffix(suffix) for suffix in (".json", ".csv", ".md")]
    return [paths.values, *findings, *reports]


def _constructed(paths: Paths, study: Study) -> list[Path]:
    more = [*paths.imputed_panels(), *([paths.unfilled] if paths.unfilled.exists() else [])]
    return [paths.panel, paths.panel_metadata, *more]


_DECLARED = ("study.toml", "codebook.csv", "repairs.toml")
_MADE = (*_DECLARED, "variables.toml", "indices.toml", "levers.toml")
STAGES = (
    Stage("ingest", _DECLARED, _sources, lambda p, s: [p.raw, p.raw_findings]),
    Stage("validate", _MADE, lambda s: [s.paths.raw, s.paths.raw_findings], _validated),
    Stage("construct", _MADE, lambda s: [s.paths.values], _constructed),
)


def run(study: Study, until: str, began: Mapping[str, str]) -> None:
    """Bring a study up to a stage. Raises Rejected with the problems of data or of single specs,
    and with files that changed since the run began.

    Specs that cannot be estimated do not keep the others from being printed; they are told at the
    end. began: `quick.inputs` before anything was read.
    """
    paths, wanted = study.paths, ORDER[: ORDER.index(until) + 1]
    folders = [paths.build, *([paths.reports] if "report" in wanted else [])]
    _require_watched(study, began)
    with locked(*folders):
        record = Record(paths.record, began)
        try:
            problems = _bring_all(study, wanted, record)
        finally:
            record.save()
        changed = _changed(study, began)
        if changed:  # no manifest may vouch for what was read
            paths.manifest.unlink(missing_ok=True)
        elif "manifest" in wanted:
            manifest = import_module("pipeline.provenance.manifest")
            manifest.run(study, began, record.outputs(), whole=not problems)
    if problems or changed:
        raise Rejected([*problems, *changed])


def _require_watched(study: Study, began: Mapping[str, str]) -> None:
    """Raises Rejected for sources among what runs make: a change of theirs would not be seen."""
    paths = study.paths
    expected = f"a file below {paths.data}, outside {paths.build} and {paths.reports}"
    unseen = [
        Finding("source-outside", "error", Where(file=str(path)), "an output", expected, "move it")
        for path in _sources(study)
        if path.is_file() and path.as_posix() not in began
    ]
    if unseen:
        raise Rejected(unseen)


def _bring_all(study: Study, wanted: Sequence[str], record: Record) -> list[Finding]:
    """Every stage that is wanted; the problems of single specs."""
    problems: list[Finding] = []
    for stage in STAGES:
        if stage.name in wanted:
            _bring(stage, study, record)
    if "estimate" in wanted:
        problems += import_module("pipeline.methods.run").run(study, record)
    if "report" in wanted:
        problems += import_module("pipeline.publish.run").run(study, record)
    return problems


def _bring(stage: Stage, study: Study, record: Record) -> None:
    """Run a stage where it is stale; its outputs are read again where it ran."""
    step = stage.step(study)
    if record.fresh(step):
        return
    key = record.key(step)
    record.failed(stage.name)
    import_module(f"pipeline.{stage.name}.run").run(study)
    record.made(stage.step(study), key)


def _changed(study: Study, began: Mapping[str, str]) -> list[Finding]:
    """Files that are not what they were as the run began: who knows which of the two was read?"""
    paths = study.paths
    now = inputs(paths.specs, paths.data, (paths.build, paths.reports))
    names = sorted(n for n in began.keys() | now.keys() if began.get(n) != now.get(n))
    sources = {*_sources(study), paths.truth}
    expected = "files that stay as they are while a run reads them"
    found, remedy = "it changed during the run", "run again: what depends on it is made anew"
    return [
        Finding("input-changed", "error", Where(file=str(path)), found, expected, remedy)
        for path in map(Path, names)
        # Other files may stand, and change, beside the sources.
        if path in sources or path.is_relative_to(paths.specs) or path.is_relative_to(ROOT)
    ]
