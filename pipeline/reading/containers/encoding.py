"""The encoding of a text file: one for all its lines, or none."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline.panel.finding import Rejected, Where, refusal
from pipeline.reading.limits import LINE, TooMuch

_PIECE = 1 << 20
# The longest line in bytes: GB18030 takes up to four for a character.
_LONGEST = 4 * LINE


def encoding_of(path: Path) -> str:
    """UTF-16 with its mark, else UTF-8 with or without one, else GB18030 (a superset of GBK).

    Raises Rejected for a file in none of them, with binary zeros, or in two: lines of Chinese in
    UTF-8 among others.
    """
    with path.open("rb") as file:
        marked = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        encoding = "utf-16" if marked else "utf-8-sig"
        if _is_in(encoding, path, file):
            return encoding
        if marked:
            raise _refusal(path, None, "the mark of UTF-16 before bytes that are none")
        _check_lines(path, file)
    return "gb18030"


def _is_in(encoding: str, path: Path, file: BinaryIO) -> bool:
    """Whether a whole file decodes; it is left at its beginning."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            if "\x00" in decoder.decode(piece):
                raise _zeros(path, piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _check_lines(path: Path, file: BinaryIO) -> None:
    """Raises Rejected unless every line is GB18030 and none Chinese in UTF-8."""
    utf8 = other = 0
    for number, line in enumerate(_lines(file), start=1):
        if b"\x00" in line:
            raise _zeros(path, line)
        if line.isascii():
            continue
        if _is_chinese_utf8(line):
            utf8 = utf8 or number
        elif _decodes(line, "gb18030"):
            other = other or number
        elif utf8:
            raise _mixed(path, utf8, number)
        else:
            raise _unknown(path, number)
        if utf8 and other:
            raise _mixed(path, utf8, other)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(_LONGEST + 1):
        if len(line) > _LONGEST:
            raise TooMuch(f"more than {_LONGEST:,} bytes in one line")
        yield line


def _is_chinese_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 with a Chinese sign: GBK is so by chance in one of 10,000 names."""
    if not _decodes(line, "utf-8"):
        return False
    return any("\u3000" <= sign <= "\u9fff" for sign in line.decode("utf-8"))


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _zeros(path: Path, piece: bytes) -> Rejected:
    """Zeros at odd, or at even places alone are those of UTF-16 without its mark."""
    utf16 = len(piece) > 2 and (0 not in piece[::2] or 0 not in piece[1::2])
    like = " (UTF-16 without its mark?)" if utf16 else ""
    return _refusal(path, None, f"binary zeros{like}")


def _mixed(path: Path, utf8: int, other: int) -> Rejected:
    found = f"line {utf8} is UTF-8, line {other} is not (GBK?): two encodings in one file"
    return _refusal(path, max(utf8, other), found)


def _unknown(path: Path, line: int) -> Rejected:
    return _refusal(path, line, f"bytes in line {line} that are neither UTF-8 nor GB18030")


def _refusal(path: Path, line: int | None, found: str) -> Rejected:
    return refusal(
        Where(file=path.name, line=line),
        "file-encoding",
        found,
        "a text file in UTF-8 or GB18030",
        "open it in its own program and save it as CSV UTF-8",
    )
