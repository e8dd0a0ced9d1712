"""Where a variable goes: what is made from it, and which results show something made from it."""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.panel.result import Result
from pipeline.study.study import Study


def descendants(study: Study, variable: str) -> list[str]:
    """Every variable that is made from one, through whatever derivation, index or lever, nearest first."""
    made = [*study.derived, *study.index_columns, *study.lever_proxies]
    found = [variable]
    for name in found:  # the list grows while it is walked
        found += [m for m in made if name in study.inputs_of(m) and m not in found]
    return found[1:]


def shown_in(study: Study, result: Result) -> set[str]:
    """Variables that a results file names as its outcomes, terms, columns or notes."""
    return {text for text in _texts([(c.key, c.outcome, [t.name for t in c.terms], c.statistics) for c in result.columns]
                                    + [n.values for n in result.notes]) if text in study.variables}  # fmt: skip


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from re.findall(r"[a-z][a-z0-9_]*", value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
