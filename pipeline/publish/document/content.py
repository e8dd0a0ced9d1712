"""What the report says, as blocks in order, before any format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.panel.finding import Finding
from pipeline.publish.document.data import availability, construction, data, methods
from pipeline.publish.document.summary import cautions, summary
from pipeline.publish.edition import Edition
from pipeline.publish.numbers import figures_after
from pipeline.report.say import Say


@dataclass(frozen=True)
class Block:
    """One block: a heading, a paragraph, a list, a table or a figure by the name of its spec."""

    kind: Literal["heading", "paragraph", "list", "table", "figure"]
    text: str = ""
    items: tuple[str, ...] = ()


def blocks(edition: Edition, findings: Sequence[Finding], say: Say) -> list[Block]:
    """The whole report. Tables numbered A stand in the appendix."""
    study = edition.study
    out = [Block("paragraph", study.spec.question.in_language(say.language))]
    if study.spec.synthetic:
        out.append(Block("paragraph", say("synthetic")))
    out += [*_refused(edition, say), _heading("summary", say), _list(summary(edition, say))]
    out += [_heading("cautions", say), _list(cautions(edition, findings, say))]
    out += [_heading("data", say), *map(_paragraph, data(study, say))]
    lead, sources = availability(study, say)
    out += [_heading("availability", say), _paragraph(lead), _list(sources)]
    out += [_heading("methods", say), _paragraph(methods(edition, say))]
    out += [_heading("results", say), *_shown(edition, appendix=False)]
    out += [Block("figure", f) for f in figures_after(study, None) if f in edition.figures]
    if appendix := list(_shown(edition, appendix=True)):
        out += [_heading("appendix", say), *appendix]
    out += [_heading("construction", say), _list(construction(study, say))]
    return [*out, _heading("checks", say), *_checks(findings, say)]


def _heading(key: str, say: Say) -> Block:
    return Block("heading", say(f"title_{key}"))


def _paragraph(text: str) -> Block:
    return Block("paragraph", text)


def _list(items: Sequence[str]) -> Block:
    return Block("list", items=tuple(items))


def _shown(edition: Edition, *, appendix: bool) -> Iterator[Block]:
    """Tables of the body or of the appendix, each with the figures that follow it."""
    for name in edition.study.tables:
        if edition.numbers[name].startswith("A") != appendix:
            continue
        if name in edition.tables:
            yield Block("table", name)
        for figure in figures_after(edition.study, name):
            if figure in edition.figures:
                yield Block("figure", figure)


def _refused(edition: Edition, say: Say) -> list[Block]:
    """What is missing from this report, and why."""
    items = [
        say("refused_item", spec=name, found=f.found, expected=f.expected)
        for name, found in edition.refused.items()
        for f in found
    ]
    # Figures of tables that could not be made.
    items += [
        say("refused_figure", spec=name, tables=say.list(spec.shows()))
        for name, spec in edition.study.figures.items()
        if name not in edition.figures and name not in edition.refused
    ]
    return [_heading("refused", say), _paragraph(say("refused")), _list(items)] if items else []


def _checks(findings: Sequence[Finding], say: Say) -> list[Block]:
    warnings = [f for f in findings if f.severity != "error"]
    if not warnings:
        return [_paragraph(say("checks_nothing"))]
    items = [
        say("check_item", where=str(f.where), found=f.found, remedy=f.remedy) for f in warnings
    ]
    return [_paragraph(say("checks_found", count=len(warnings))), _list(items)]
