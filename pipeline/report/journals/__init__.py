"""Journals' styles: presets, a study's own, and what a study or a table wants otherwise."""

from dataclasses import dataclass
from os.path import isfile  # false for a name too long for a file
from pathlib import Path

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.report.journals.schema import Journal
from pipeline.study import Study
from pipeline.study.closed import Text
from pipeline.study.style import Below, Span, Style
from pipeline.study.toml import problem, read_toml

PRESETS = Path(__file__).resolve().parent
# The preset of each language where the study names none.
_DEFAULT = {"zh": "three_line"}
_OTHERWISE = "generic"


@dataclass(frozen=True)
class Printing:
    """The style of one table: a journal's, with what the study, then the table, wants otherwise.

    own: the rows that the table itself names, which it must have
    """

    journal: Journal
    stars: list[float]
    below: Below
    digits: int
    keep: list[str] | None
    drop: list[str]
    order: list[str]
    rename: dict[str, Text]
    notes: list[Text]
    spans: list[Span]
    own: frozenset[str]


def printing(study: Study, own: Style, language: str) -> Printing:
    """The style of a table with wishes of its own. Raises Rejected for an unsound journal."""
    wishes = merged(study.spec.style, own)
    journal = read_journal(study, wishes.journal or _DEFAULT.get(language, _OTHERWISE))
    return Printing(
        journal,
        # More stars mean a smaller level, in whatever order the study lists them.
        stars=sorted({*(journal.stars if wishes.stars is None else wishes.stars)}, reverse=True),
        below=wishes.below or journal.below,
        digits=wishes.digits or journal.digits.coefficients,
        keep=wishes.keep,
        drop=wishes.drop,
        order=wishes.order,
        rename=wishes.rename,
        notes=wishes.notes,
        spans=wishes.spans,
        own=frozenset([*(own.keep or []), *own.drop, *own.order, *own.rename]),
    )


def merged(study: Style, table: Style) -> Style:
    """What a table says, else what its study says."""
    said = {name: getattr(table, name) for name in table.model_fields_set}
    return study.model_copy(update=said)


def read_journal(study: Study, name: str) -> Journal:
    """A journal's style: the study's own file of that name, else the preset. Raises Rejected."""
    own = study.paths.specs / "journals" / f"{name}.toml"
    path = own if isfile(own) else PRESETS / f"{name}.toml"
    if not isfile(path):
        raise Rejected([_unknown(study, name)])
    return _read(path)


def _read(path: Path) -> Journal:
    problems: list[Finding] = []
    journal: Journal | None = read_toml(path, Journal, problems)
    if journal is None:
        raise Rejected(problems)
    return journal


def journals(study: Study) -> list[str]:
    """The names that `journal` may have."""
    own = (study.paths.specs / "journals").glob("*.toml")
    return sorted({p.stem for p in (*own, *PRESETS.glob("*.toml"))})


def _unknown(study: Study, name: str) -> Finding:
    return problem(
        "unknown-journal",
        Where(file=str(study.paths.specs), key="style.journal"),
        f"no journal `{name}`",
        f"one of: {', '.join(journals(study))}",
        "name one of these, or put a file of that name into the study's folder journals/",
    )
