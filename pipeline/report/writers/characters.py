"""Characters that no format can hold, and places where a long word may break."""

import re
import unicodedata

# Controls, and separators of lines and paragraphs: each run becomes one space.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Half characters, and code points that are none: XML forbids them.
_NONE = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
# Longest word that stays whole, in characters.
LONGEST = 16
_LONG = re.compile(rf"[!-~\u00a1-\u024f]{{{LONGEST + 1},}}")
BREAK = "\u200b"


def one_line(text: str) -> str:
    """The text on one line; a replacement sign stands for characters that XML forbids."""
    return _NONE.sub("\ufffd", _BREAKS.sub(" ", text))


def softened(text: str) -> str:
    """The text with places to break in words longer than `LONGEST` and after underscores."""
    return _LONG.sub(_cut, text.replace("_", f"_{BREAK}"))


def _cut(match: re.Match[str]) -> str:
    word = match[0]
    return BREAK.join(word[i : i + LONGEST] for i in range(0, len(word), LONGEST))


def wide(character: str) -> bool:
    """Whether a character is as wide as it is high (Chinese, full-width signs)."""
    return unicodedata.east_asian_width(character) in ("W", "F")
