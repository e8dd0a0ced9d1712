"""Where the files of a study are: the one place that knows the layout of the folders."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.panel.finding import Where, refusal


@dataclass(frozen=True)
class Paths:
    """The folders of one study. `specs` and `data` are read, `build` and `reports` are
    generated."""

    name: str
    specs: Path
    data: Path
    build: Path
    reports: Path

    @property
    def raw(self) -> Path:
        return self.build / "raw.parquet"

    @property
    def raw_findings(self) -> Path:
        return self.build / "raw_findings.json"

    @property
    def values(self) -> Path:
        """The validated raw panel in codebook units."""
        return self.build / "values.parquet"

    @property
    def findings(self) -> Path:
        return self.build / "findings.json"

    def validation(self, language: str) -> Path:
        """The validation report in a language."""
        return self.build / (
            "validation.html" if language == "en" else f"validation.{language}.html"
        )

    @property
    def panel(self) -> Path:
        return self.build / "panel.parquet"

    @property
    def panel_metadata(self) -> Path:
        return self.build / "panel.json"

    def imputed(self, k: int) -> Path:
        """The analysis panel of the k-th draw of a multiple imputation."""
        return self.build / "imputed" / f"{k:03d}.parquet"

    @property
    def unfilled(self) -> Path:
        """The analysis panel without any filling, where the study fills cells."""
        return self.build / "panel_unfilled.parquet"

    def imputed_panels(self) -> list[Path]:
        """The draws there are, in order."""
        return sorted((self.build / "imputed").glob("*.parquet"))

    @property
    def truth(self) -> Path:
        """True values of a synthetic panel, beside its source files."""
        return self.data / "truth.json"

    def result(self, spec: str) -> Path:
        """Results file of a table or figure spec, named like `tables/02_baseline`."""
        return self.build / "results" / f"{spec}.json"

    @property
    def refused(self) -> Path:
        """Specs that could not be estimated, and why."""
        return self.build / "refused.json"

    @property
    def record(self) -> Path:
        """What was made from what."""
        return self.build / "record.json"

    @property
    def complete(self) -> Path:
        """What a complete run read and wrote."""
        return self.build / "complete.json"

    @property
    def manifest(self) -> Path:
        """What went into the reports, what came out, and from which program."""
        return self.reports / "manifest.json"

    def typst(self, language: str) -> Path:
        """The source of the PDF report in a language."""
        return self.build / f"report.{language}.typ"

    def printed(self, spec: str) -> Path:
        """What a table prints or a figure draws, for comparison with a baseline."""
        return self.build / "printed" / f"{spec}.json"

    def output(self, spec: str, language: str, suffix: str) -> Path:
        """A table or figure file: English carries no mark, other languages do
        (`02_baseline.zh.tex`)."""
        mark = "" if language == "en" else f".{language}"
        return self.reports / f"{spec}{mark}.{suffix}"


def study_paths(
    name: str,
    data: Path | None = None,
    build: Path = Path("build"),
    reports: Path = Path("reports"),
) -> Paths:
    """Paths of the study called `name`, relative to the project folder unless overridden. Raises
    Rejected for a name that is no folder's, and for folders that would write into each other."""
    if name in ("", ".", "..") or "/" in name:
        where, found = Where(file="specs"), f"the study `{name}`"
        raise refusal(where, "study-name", found, "a folder below specs", "name one with STUDY=")
    paths = Paths(
        name, Path("specs") / name, data or Path("data") / name, build / name, reports / name
    )
    _check_apart(paths)
    return paths


def _check_apart(paths: Paths) -> None:
    """What is read and what is made stand in different folders, and so do build and reports."""
    specs, data, build, reports = (
        folder.resolve() for folder in (paths.specs, paths.data, paths.build, paths.reports)
    )
    for made, others in ((build, (specs, data, reports)), (reports, (specs, data, build))):
        if any(made == other or made in other.parents for other in others):
            where, found = (
                Where(file=str(made)),
                "a folder to write into that holds others of the study",
            )
            expected = "folders apart for specs, source files, build and reports"
            raise refusal(where, "folders-mixed", found, expected, "name another: BUILD=, REPORTS=")
