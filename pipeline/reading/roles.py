"""What label columns are usually called: 地区, year, 指标, 单位, code."""

import re
import tomllib
from pathlib import Path

_NAMES = tomllib.loads(Path(__file__).with_name("roles.toml").read_text(encoding="utf-8"))
_ROLE_OF = {name.replace("_", ""): role for role, names in _NAMES.items() for name in names.split()}


def role_of(text: str) -> str | None:
    """The role that a heading names: place, year, variable, value, unit or code;
    None for others."""
    return _ROLE_OF.get(re.sub(r"[\s_]+", "", text).lower())
