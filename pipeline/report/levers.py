"""How levers are named in short, and when they are measured: what tables of levers say alike."""

from collections.abc import Mapping, Sequence

from pipeline.report.notes import Note
from pipeline.report.say import Say
from pipeline.study.schema import Timing


def short(say: Say, lever: str) -> str:
    """`C1` for a declared lever, the label of any other variable."""
    return lever.upper() if lever in say.study.levers else say.label(lever)


def shorts(say: Say, levers: Sequence[str]) -> str:
    """Levers in short as a list in words."""
    return say.list(short(say, lever) for lever in levers)


def timing(say: Say, measured: Mapping[str, Timing], treatment: str) -> list[Note]:
    """Of which year the values of the levers are."""
    groups: dict[Timing, list[str]] = {}
    for lever, when in measured.items():
        groups.setdefault(when, []).append(lever)
    parts = [
        say(
            f"timing_{when}",
            levers=shorts(say, levers),
            year=say.study.spec.base_year,
            treatment=say.label(treatment),
        )
        for when, levers in groups.items()
    ]
    return [say("lever_timing", parts=say.clauses(parts))] if parts else []
