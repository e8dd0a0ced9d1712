"""What every schema of a spec is built from: closed tables, names, texts in several languages."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pipeline.panel.characters import one_line

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]

# Wide and unbreakable blanks are kept.
_BLANKS = re.compile(" +")


def on_one_line(text: str) -> str:
    """The text on one line, with one blank where there were several."""
    return _BLANKS.sub(" ", one_line(text)).strip()


class Closed(BaseModel):
    """A table of a spec: unknown keys are errors, and so are numbers that are none."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Text(Closed):
    """A label in every language of reports."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """The text in a language, by its code, on one line."""
        return on_one_line(getattr(self, language))
