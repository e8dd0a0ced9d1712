"""What two spellings of one text share, at a cost that no text can drive up."""

import unicodedata

# No label, heading, name or number is longer; of a longer text (a note) the beginning is looked at.
LONGEST = 1_000


def folded(text: str) -> str:
    """The text trimmed, its width folded (（１） becomes (1)).

    Where it is too long its beginning, with a sign that keeps it from being a name or a number.
    """
    text = text.strip()
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}⋯"
    return unicodedata.normalize("NFKC", text)
