"""Texts in lines that fit: broken by their measured width, in the fonts of the active style."""

import re
from collections.abc import Iterable, Iterator

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

_POINTS = 72.0  # an inch
_LINE = 1.28  # from line to line, in sizes of type
_WIDE = r"\u2e80-\uffff"  # signs as wide as high, between which a line may end
_CLOSING = "，。；：、？！）」』》”’"
_OPENING = "（「『《“‘"
# What stays on one line with the blanks before it: a wide sign or a word, and its punctuation.
_PIECES = re.compile(
    rf"\s*[{_OPENING}]*(?:(?![{_OPENING}])[{_WIDE}]|[^\s{_WIDE}{_OPENING}]+)[{_CLOSING}]*"
    rf"|\s*[{_OPENING}]+"
)


def fitted(text: str, inches: float, size: float) -> str:
    """The text in lines no wider than `inches` in type of `size` points.

    Lines end at blanks and between Chinese signs; a word that is wider than a line is cut.
    """
    return "\n".join(line for part in text.split("\n") for line in _lines(part, inches, size))


def beyond(texts: Iterable[str], size: float, lines: int = 2) -> float:
    """How much higher than so many lines the highest of the texts is, inches."""
    most = max((text.count("\n") + 1 for text in texts), default=0)
    return max(0, most - lines) * _LINE * size / _POINTS


def height(text: str, size: float) -> float:
    """How high a text in lines is, inches."""
    return beyond([text], size, lines=0)


def _lines(text: str, inches: float, size: float) -> list[str]:
    lines = [""]
    for piece in _pieces(text, inches, size):
        if lines[-1] and _width(lines[-1] + piece, size) > inches:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return lines


def _pieces(text: str, inches: float, size: float) -> Iterator[str]:
    """Pieces that fit into a line: sign by sign where a whole one does not."""
    for piece in _PIECES.findall(text):
        yield from [piece] if _width(piece.lstrip(), size) <= inches else piece


def _width(text: str, size: float) -> float:
    """The width of a text on one line, inches."""
    font = FontProperties(size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / _POINTS
