"""Texts that a format might take for something else than a text."""

from dataclasses import replace

from hypothesis import strategies as st
from pydantic import BaseModel

from pipeline.study.closed import Text

# Any Unicode, half characters and controls among it, and what means something to some format.
SIGNS = "\\`*_{}[]()#+-.!|<>~$&%^\"'=@/:; \t\n\r,?\u2003\u200b\ufeff\u2028\u2212\u00d7\u03c4\u221a"
# Words that are commands of TeX, Typst, HTML, XML, Markdown, spreadsheets, templates or terminals.
WORDS = [
    *(r"\input{/etc/passwd}", r"\end{document}", r"\verb|", "^^5cinput x", "%\n\\input x\n", "$$"),
    *('#include "x"', "#eval(1)", "/*", "*/", "//x", "= t", "@ref", "<label>", '";#panic();"'),
    *("<script>x</script>", "</td>", "</title>", "<!--", "-->", "]]>", "<![CDATA[", "&lt;"),
    *("![i](x)", "[l](x)", "<http://x.org>", "https://x.org", "www.x.org", "a@b.org", "&#x3c;"),
    *("```", "~~~", "---", "***", "===", "# h", "> q", "1. i", "- i", "| a |", "&copy;", "[r]: u"),
    *("=1+1", '=HYPERLINK("x")', "＝1", "_x0041_", "_x005F_", "\t=1", "'", "{{ 1 }}", "{% x %}"),
    *("\x1b[31m", "\u202e", "\x85", "\r", "\x0b", "\ufffe", "\ud800", "\n\n", "  \n", "\\"),
]
NASTY = st.lists(
    st.one_of(st.characters(), st.sampled_from(SIGNS), st.sampled_from(WORDS)), max_size=30
).map("".join)
TEXTS = st.lists(NASTY, min_size=1, max_size=4)
AWKWARD = [
    r"50% of A&B_c #1 {x} ~y^z \n <b> $ @ * 'q' [l] | \\ `c` --- '' ,, ?` !` \end{document}",
    "a\nb\r\nc\td\x00e\u2028f % g",
    "[0.1] starts like an option",
    "* starts like a star",
    "1. item",
    "# heading",
    "- item",
    "![i](x) [l]: u [^1] &amp; &#65; <br> <!-- c --> www.x.org https://x.org/a_b",
    "τ = √2 \u2003σ β ρ δ × − – — “q” ‘q’ ≥ ≤ ² → ∞ é ñ ǘ ł ß í Ω ½ ﬁ ① 😀 中文 Ж",
    "=1+1",
    "\u200b＝1",
    'a"b\\"c#{d}',
    "x" * 120,
    "e\u0301\u0323 i\u0302 中\u0301",
    *WORDS,
]


def dressed(value, text):
    """A spec, or a result as it is stored, in which every label holds the text."""
    match value:
        case Text() | {"en": _, "zh": _}:
            return Text(en=text, zh=text) if isinstance(value, Text) else {"en": text, "zh": text}
        case BaseModel():
            own = {key: dressed(getattr(value, key), text) for key in value.model_fields_set}
            labels = {"label_en", "label_zh"} & type(value).model_fields.keys()
            return value.model_copy(update=own | dict.fromkeys(labels, text))
        case dict():
            return {key: dressed(item, text) for key, item in value.items()}
        case list():
            return [dressed(item, text) for item in value]
    return value


def dressed_study(study, text):
    """A study in which every label holds the text."""
    parts = ("spec", "codebook", "derived", "indices", "levers", "tables", "figures")
    return replace(study, **{part: dressed(getattr(study, part), text) for part in parts})
