"""Making anew what is stale, side by side, and noting what it was made from."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

from pipeline.fresh.record import Record, Step
from pipeline.fresh.workers import side_by_side
from pipeline.panel.finding import Finding


@dataclass(frozen=True)
class Remade:
    """Names of the steps that were made, in their order, and why the others could not be."""

    made: tuple[str, ...]
    refused: dict[str, list[Finding]]

    @property
    def findings(self) -> list[Finding]:
        """Every problem, by the names of the steps."""
        return [finding for name in sorted(self.refused) for finding in self.refused[name]]


def remake(
    record: Record, steps: Mapping[str, Step], make: Callable[[str], list[Finding]], what: str
) -> Remade:
    """`make(name)` for every stale step: it writes the outputs, or returns why it could not.

    Keys are taken before anything is made: what changes meanwhile is seen by the next run.
    """
    stale = {name: step for name, step in steps.items() if not record.fresh(step)}
    keys = {name: record.key(step) for name, step in stale.items()}
    refused: dict[str, list[Finding]] = {}
    with closing(side_by_side(make, list(stale), what)) as done:
        for name, found in done:
            if found:
                refused[name] = found
                record.failed(stale[name].name)
            else:
                record.made(stale[name], keys[name])
    return Remade(tuple(name for name in stale if name not in refused), refused)
