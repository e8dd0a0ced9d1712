"""A data frame as R would save it: its binary format, version 2, without packing."""

import struct

# Types of R's objects with their flags (R internals, 1.8 Serialization Formats).
_LINK, _VECTOR, _TEXTS, _NUMBERS, _SIGNS = 0x402, 0x313, 0x10, 0x0E, 0x40009
_SYMBOL, _END = 1, 0xFE


def _int(value):
    return struct.pack(">i", value)


def _text(text):
    if text is None:
        return _int(9) + _int(-1)
    content = str(text).encode("utf-8")
    return _int(_SIGNS) + _int(len(content)) + content


def _texts(texts):
    return _int(_TEXTS) + _int(len(texts)) + b"".join(map(_text, texts))


def _column(cells):
    if any(isinstance(cell, str) for cell in cells):
        return _texts(cells)
    numbers = [float("nan") if cell is None else cell for cell in cells]
    return _int(_NUMBERS) + _int(len(cells)) + struct.pack(f">{len(cells)}d", *numbers)


def _link(name, content):
    return _int(_LINK) + _int(_SYMBOL) + _text(name) + content


def saved_frame(name, columns):
    """The bytes of an .rda file with one data frame; columns: heading -> cells."""
    count = len(next(iter(columns.values())))
    rows = _int(0x0D) + _int(2) + _int(-(2**31)) + _int(-count)
    attributes = _link("names", _texts(list(columns))) + _link("row.names", rows)
    attributes += _link("class", _texts(["data.frame"])) + _int(_END)
    frame = _int(_VECTOR) + _int(len(columns)) + b"".join(map(_column, columns.values()))
    head = b"RDX2\nX\n" + _int(2) + _int(0x40202) + _int(0x20300)
    return head + _link(name, frame + attributes) + _int(_END)
