"""Places where a long word may break, and wide characters."""

import re
import unicodedata

# Longest word that stays whole, in characters.
LONGEST = 16
_LONG = re.compile(rf"[!-~\u00a1-\u024f]{{{LONGEST + 1},}}")
BREAK = "\u200b"


def softened(text: str) -> str:
    """The text with places to break in words longer than `LONGEST` and after underscores."""
    return _LONG.sub(_cut, text.replace("_", f"_{BREAK}"))


def _cut(match: re.Match[str]) -> str:
    word = match[0]
    return BREAK.join(word[i : i + LONGEST] for i in range(0, len(word), LONGEST))


def wide(character: str) -> bool:
    """Whether a character is as wide as it is high (Chinese, full-width signs)."""
    return unicodedata.east_asian_width(character) in ("W", "F")
