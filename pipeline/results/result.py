"""What every result says of its data, and how results become JSON and come back."""

import json
import math
from dataclasses import dataclass, fields, is_dataclass
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter

# What JSON holds.
Plain = dict[str, "Plain"] | list["Plain"] | str | int | float | bool | None


@dataclass(frozen=True)
class DataFacts:
    """What tables must say of the cells behind them.

    filled: variable -> [unit code, year] of filled cells; missing: variable -> number of missing
    cells
    imputations: draws of a multiple imputation behind the table; pooled: whether its numbers carry
    them
    """

    synthetic: bool
    filled: dict[str, list[list[int]]]
    missing: dict[str, int]
    imputations: int = 0
    pooled: bool = False


@dataclass(frozen=True)
class Result:
    """The results of one spec. Every method's result derives from it and names each of its
    numbers."""

    data: DataFacts


R = TypeVar("R", bound=Result)


def to_json(result: Result) -> str:
    """Full precision, fields in their order, numbers that are not finite as null: the same numbers
    give the same bytes."""
    return json.dumps(plain(result), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_json(kind: type[R], text: str) -> R:
    """The inverse of `to_json`."""
    return TypeAdapter(kind).validate_json(text)


def plain(value: object) -> Plain:
    """Dataclasses, specs, containers and numpy numbers as what JSON holds."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if value is None or isinstance(value, bool | str | int):
        return value
    number = float(value)  # type: ignore[arg-type]  # numpy numbers
    return number if math.isfinite(number) else None
