"""What the report says of data, methods and construction, from what the study declares."""

from collections.abc import Iterator

from pipeline.publish.edition import Edition
from pipeline.report.index_words import index_in_words
from pipeline.report.say import Say
from pipeline.study.schema import Source
from pipeline.study.study import Study


def data(study: Study, say: Say) -> list[str]:
    """What the panel holds, then the study's remarks."""
    units, years = len(study.provinces), len(study.years)
    text = say(
        "data",
        units=units,
        first=study.years[0],
        last=study.years[-1],
        cells=units * years,
        raw=len(study.codebook),
        derived=len(study.derived),
        indices=len(study.indices),
        files=len(study.spec.sources),
    )
    return [text, *(r.in_language(say.language) for r in study.spec.remarks)]


def availability(study: Study, say: Say) -> tuple[str, list[str]]:
    """The data availability statement that journals ask for, from the sources' declarations and
    repairs.toml.
    """
    if study.spec.synthetic:
        lead = say("availability_synthetic", study=study.name)
    elif any(s.url or s.nbs for s in study.spec.sources):
        lead = say("availability_fetch", study=study.name)
    else:
        lead = say("availability_private")
    repairs = [r for r in study.repairs if r.action != "confirm"]
    told = [f"{say.label(r.variable)} ({r.action}){say('colon')}{r.reason}" for r in repairs]
    if told:
        lead = say.sentences([lead, say("repairs", repairs=say.clauses(told))])
    sources = [
        f"{s.file}{say('colon')}{say.clauses(_parts(study, s, say))}" for s in study.spec.sources
    ]
    return lead, sources


def _parts(study: Study, source: Source, say: Say) -> Iterator[str]:
    if source.citation:
        yield source.citation.rstrip(".。")
    yield from _address(study, source, say)
    if source.commit:
        yield f"commit {source.commit}"
    if source.licence:
        yield say("licence", licence=source.licence)
    if source.sha256:
        yield f"SHA-256 {source.sha256}"


def _address(study: Study, source: Source, say: Say) -> Iterator[str]:
    """Where a source is to be had."""
    if source.url:
        yield source.url
    elif source.nbs is not None:
        first, last = source.nbs.years
        query = f"{source.nbs.path} > {source.nbs.indicator}"
        yield f"data.stats.gov.cn, {query}, {first}–{last}"
    elif not study.spec.synthetic:
        yield say("no_address")


def methods(edition: Edition, say: Say) -> str:
    """How models are estimated, and how each index is made."""
    study = edition.study
    told = [say("methods")]
    if any(study.tables[name].decomposes(study) for name in edition.tables):
        draws = study.spec.bootstrap.draws
        told.append(say("methods_mechanisms", draws=draws))
    if study.indices:
        indices = [
            f"{spec.label.in_language(say.language)}{say('colon')}{index_in_words(spec, say)}"
            for spec in study.indices.values()
        ]
        told.append(say("methods_indices", indices=say.clauses(indices)))
    return say.sentences(told)


def construction(study: Study, say: Say) -> list[str]:
    """One line a derived variable (label, formula, unit), then one a raw variable (label, unit,
    file).
    """
    files = {s.name: s.file for s in study.spec.sources}
    lines = []
    for name, derived in study.derived.items():
        unit = study.unit(name, say.language)
        formula = f"{say.label(name)}{say('colon')}{name} = {derived.formula}"
        lines.append(f"{formula} [{unit}]" if unit else formula)
    for name, variable in study.codebook.items():
        unit = study.unit(name, say.language)
        lines.append(f"{name}{say('colon')}{say.label(name)} [{unit}], {files[variable.source]}")
    return lines
