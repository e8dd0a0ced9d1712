"""A codebook proposed for what files offer; what cannot be decided is asked about in the file,
never guessed."""

import re
from collections.abc import Sequence

import numpy as np

from pipeline.intake.offer import Offer
from pipeline.panel.concepts import KnownVariable, known_variables, match_heading, propose_heading
from pipeline.panel.units import conversion_factor, find_unit
from pipeline.reading.cells import fold, split_heading
from pipeline.reading.sheet import letters

COLUMNS = (
    "variable",
    "label_en",
    "label_zh",
    "kind",
    "use",
    "unit",
    "source",
    "header",
    "source_unit",
    "minimum",
    "maximum",
    "jump",
    "note",
    "concept",
    "vintage",
    "question",
)
Row = dict[str, str]
_NAMELESS = (
    "No heading names this series: what is it, and in which unit? "
    "Write variable, labels, header and units."
)


def propose_codebook(offers: Sequence[Offer]) -> tuple[list[Row], dict[str, str]]:
    """Rows of codebook.csv, one a series, and file -> name of its source.

    A heading that the catalogue knows gets its name, label, unit and range. A question stands in
    the row when the heading is known only by likeness, when several files offer the same series,
    when the unit is missing or of another dimension, or when no heading names the series at all.
    """
    sources = source_names([o.file for o in offers])
    taken: dict[str, str] = {}
    rows = []
    for offer in offers:
        known, question = _identify(offer)
        row = _row(offer, known, sources[offer.file])
        unit_question = _unit_question(offer, known, row)
        row["variable"], clash = _unique(row["variable"], taken, offer)
        if clash:
            row["concept"] = known.name if known else ""
        row["question"] = " ".join(filter(None, [question, unit_question, clash]))
        rows.append(row)
    _heading_clashes(rows, offers)
    return rows, sources


def source_names(files: Sequence[str]) -> dict[str, str]:
    """A name for each file: what its own name has in Latin letters, else source1, source2, ..."""
    names: dict[str, str] = {}
    for file in dict.fromkeys(files):
        stem = re.sub(r"\.[a-z0-9]+$", "", file.rsplit("/", 1)[-1].lower())
        slug = re.sub(r"[^a-z0-9]+", "_", stem).strip("_")
        slug = slug if re.match(r"^[a-z]", slug) and len(slug) >= 3 else "source"
        candidate, n = (slug, 1) if slug != "source" else ("source1", 1)
        while candidate in names.values():
            n += 1
            candidate = f"{slug.rstrip('_')}{n}" if slug == "source" else f"{slug}_{n}"
        names[file] = candidate
    return names


def _identify(offer: Offer) -> tuple[KnownVariable | None, str]:
    """The known variable that an offer is, and what has to be asked."""
    if not offer.titled:
        return None, _NAMELESS
    for name in offer.names:
        found = match_heading(split_heading(name)[0]) or match_heading(name)
        if len(found) == 1:
            return known_variables()[found[0]], ""
        if found:
            return None, f"Which one is it: {', '.join(found)}? Write that name as the variable."
    return None, _likeness(offer)


def _likeness(offer: Offer) -> str:
    """The question whether an offer is one of the known variables that its names are like."""
    headings = [split_heading(name)[0] for name in offer.names[:2]]
    near = list(dict.fromkeys(n for heading in headings for n in propose_heading(heading)))
    if not near:
        return ""
    labels = [f"{n} ({known_variables()[n].label_zh})" for n in near[:3]]
    return (
        f"Is it {' or '.join(labels)}? If so, write that name as the variable; "
        "if not, a name of your own."
    )


def _row(offer: Offer, known: KnownVariable | None, source: str) -> Row:
    unit = offer.unit if offer.unit and find_unit(offer.unit) else None
    name = known.name if known else _slug(offer, source)
    kind = known.kind if known else _kind(offer, unit)
    source_unit = unit or _usual_unit(kind, _top(offer))
    target = "share" if kind == "share" else source_unit
    if known and conversion_factor(source_unit, known.unit):
        target = known.unit
    span = (
        f"{len(offer.codes)} {offer.level}s, {offer.years[0]}-{offer.years[-1]}, "
        f"{offer.filled:.0%} filled"
    )
    label = offer.label
    return {
        "variable": name,
        "label_en": known.label_en if known else label,
        "label_zh": known.label_zh if known else label,
        "kind": kind,
        "use": known.use if known else "indicator",
        "unit": target,
        "source": source,
        "header": fold(split_heading(offer.names[0])[0]),
        "source_unit": source_unit,
        "minimum": known.minimum if known else "",
        "maximum": known.maximum if known else "",
        "jump": known.jump if known else "",
        "note": f"{span}; sheet {offer.sheet}, {offer.heading}",
        "concept": "",
        "vintage": "",
        "question": "",
    }


def _usual_unit(kind: str, top: float) -> str:
    """The unit that numbers without one have by their kind and largest value."""
    if kind not in ("share", "index"):
        return "ratio"
    if top <= 1.5:
        return "share"
    return "%" if kind == "share" else "index"


def _unit_question(offer: Offer, known: KnownVariable | None, row: Row) -> str:
    """What has to be asked about the unit of a series that has a name."""
    if not offer.titled:
        return ""
    if offer.unit is None:
        return _no_unit(known, row)
    if find_unit(offer.unit) is None:
        return f"`{offer.unit}` is no known unit. Write source_unit as one of the table of units."
    if row["source_unit"] in ("%", "％", "percent") and _top(offer) <= 1:
        return (
            "No value is above 1 in a column of %: are these shares (a spreadsheet's percent "
            "format)? Then source_unit is `share`."
        )
    if known and conversion_factor(row["source_unit"], known.unit) is None:
        return (
            f"The file says {offer.unit}, the catalogue {known.unit}: is this really {known.name}?"
        )
    return ""


def _no_unit(known: KnownVariable | None, row: Row) -> str:
    """Shares and indices need no unit, nor does what the catalogue knows as a ratio."""
    ratio = known is not None and find_unit(known.unit) == find_unit("ratio")
    if row["kind"] in ("share", "index") or ratio:
        return ""
    hint = f" The catalogue has {known.unit}." if known else ""
    return f"The file names no unit.{hint} Write source_unit as the source prints it."


def _top(offer: Offer) -> float:
    return float(np.nanmax(offer.values))


def _kind(offer: Offer, unit: str | None) -> str:
    low, high = float(np.nanmin(offer.values)), _top(offer)
    shareful = unit in ("%", "％", "percent", "share") or re.search(
        r"率|比重|占比|比例|share|rate|percentage", offer.names[0], re.IGNORECASE
    )
    if shareful and low >= 0 and high <= 100:
        return "share"
    if low < 0:
        return "signed"
    if unit is not None and (found := find_unit(unit)) and found.dimension in ("index", "chain"):
        return "index"
    return "index" if re.search(r"指数|index", offer.names[0], re.IGNORECASE) else "amount"


def _slug(offer: Offer, source: str) -> str:
    """A name of Latin letters out of a heading that has them,
    else of the column where it stands."""
    text = split_heading(offer.names[0])[0].lower()
    words = re.sub(r"[^a-z0-9]+", "_", text).strip("_")
    if (
        text.isascii()
        and words not in known_variables()
        and re.match(r"^[a-z][a-z0-9_]{1,40}$", words)
        and re.search(r"[a-z]{3}|^[a-z]\d", words)
    ):
        return words[:40].rstrip("_")
    return f"{source}_{letters(offer.series.head[1]).lower()}{offer.series.head[0] + 1}"


def _unique(name: str, taken: dict[str, str], offer: Offer) -> tuple[str, str]:
    """The name, numbered where another row has it, and the question that follows for known ones."""
    if name not in taken:
        taken[name] = f"{offer.file}, sheet {offer.sheet}, {offer.heading}"
        return name, ""
    n = 2
    while f"{name}_{n}" in taken:
        n += 1
    taken[f"{name}_{n}"] = offer.file
    question = (
        f"Also offered by {taken[name]}. Delete one of the rows, "
        "or keep this one as another vintage (say which)."
    )
    return f"{name}_{n}", question if name in known_variables() else ""


def _heading_clashes(rows: list[Row], offers: Sequence[Offer]) -> None:
    """Two series of one source under one heading:
    the path of a stacked header, or the sheet, tells them apart."""
    seen: dict[tuple[str, str], int] = {}
    for i, (row, offer) in enumerate(zip(rows, offers, strict=True)):
        key = (row["source"], row["header"].lower())
        if key not in seen:
            seen[key] = i
            continue
        longer = fold(offer.names[-1]) if len(offer.names) > 1 else ""
        if longer and (row["source"], longer.lower()) not in seen:
            row["header"] = longer
            seen[row["source"], longer.lower()] = i
        else:
            heading = f"The heading `{row['header']}` stands more than once in this file"
            row["question"] = f"{row['question']} {heading}: rename one there.".strip()
