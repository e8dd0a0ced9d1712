"""Characters that act: those that end a line, that no file format can hold, or that a terminal
obeys."""

import re
import sys
import unicodedata

# Controls, and separators of lines and paragraphs: each run becomes one space.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Half characters, and code points that are none: XML forbids them.
_NONE = re.compile(r"[\ud800-\udfff\ufffe\uffff]")


def one_line(text: str) -> str:
    """The text on one line; a replacement sign stands for characters that XML forbids."""
    return _NONE.sub("\ufffd", _BREAKS.sub(" ", text))


def visible(text: str) -> str:
    """The text with the codes of characters that cannot be seen (`\\x1b`, `\\n`, `\\u202e`)."""
    return "".join(c if _is_seen(c) else c.encode("unicode_escape").decode() for c in text)


def _is_seen(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def tell(*lines: str, error: bool = False) -> None:
    """Print lines on the terminal, on standard error for an `error`: the one place that does.

    Each argument is one line, whatever it holds: words from files neither end it nor colour it.
    """
    for line in lines:
        print(visible(line), file=sys.stderr if error else sys.stdout)
