"""What is said: words and sentences from `words.toml` files, in one language, filled from results
and the study's labels.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.report.numbers import bounds, decimal, level, p_value
from pipeline.results.estimate import Interval
from pipeline.study import Study

# Key -> language -> text with {fields}.
Catalogue = Mapping[str, Mapping[str, str]]
_SHARED = Path(__file__).with_name("words.toml")


@cache
def catalogue(path: Path) -> Catalogue:
    """The words of one file."""
    words: Catalogue = tomllib.loads(path.read_text(encoding="utf-8"))
    return words


@dataclass(frozen=True)
class Say:
    """The words of one method and those that all share, in a language, about one study.

    Labels come from the study alone: no template names a variable.
    """

    study: Study
    language: str
    own: Catalogue

    def __call__(self, key: str, **fields: object) -> str:
        """The text of a key with its fields filled. KeyError for a key that no file holds."""
        shared = catalogue(_SHARED)
        texts = self.own[key] if key in self.own else shared[key]
        return texts[self.language].format(**fields)

    def label(self, variable: str) -> str:
        """The study's label of a variable."""
        return self.study.label(variable, self.language)

    def labels(self, variables: Iterable[str]) -> str:
        """Labels of variables as a list in words."""
        return self.list(self.label(v) for v in variables)

    def list(self, items: Iterable[str]) -> str:
        """Items with the language's comma between them."""
        return self("list_comma").join(items)

    def clauses(self, items: Iterable[str]) -> str:
        """Items with the language's semicolon between them."""
        return self("semicolon").join(items)

    def sentences(self, items: Iterable[str]) -> str:
        """Sentences one after another; empty ones are left out."""
        return self("space").join(item for item in items if item)

    def level(self, value: float | None = None) -> str:
        """A level of confidence, by default the study's, as `95%`."""
        return level(self.study.spec.bootstrap.level if value is None else value)

    def p(self, value: float | None) -> str:
        """`p = 0.031`, `p < 0.001`."""
        text = p_value(value)
        return f"p {text}" if text.startswith("<") else f"p = {text}"

    def number(self, value: float | None, digits: int = 3) -> str:
        """A number in a sentence."""
        return decimal(value, digits)

    def interval(self, interval: Interval, digits: int = 3) -> str:
        """`[low, high]` in a sentence."""
        return bounds(interval.low, interval.high, digits)

    def province(self, code: int) -> str:
        """The name of a unit."""
        return self.study.unit_name(code, self.language)

    def provinces(self, codes: Iterable[int]) -> str:
        """Names of units as a list in words."""
        return self.list(self.province(code) for code in codes)
