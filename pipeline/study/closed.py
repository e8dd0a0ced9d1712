"""What every schema of a spec is built from: closed tables, names, texts in several languages."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Closed(BaseModel):
    """A table of a spec: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(Closed):
    """A label in every language of reports."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """The text in a language, by its code."""
        text: str = getattr(self, language)
        return text
