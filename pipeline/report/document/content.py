"""What the report says, as blocks in order, before any format."""

from dataclasses import dataclass
from typing import Literal

from pipeline.panel.finding import Finding
from pipeline.panel.result import Result
from pipeline.report.document.summary import cautions, summary
from pipeline.report.layout import table_numbers
from pipeline.report.wording import word
from pipeline.report.wording.laboratory_notes import index_in_words
from pipeline.study import Study


@dataclass(frozen=True)
class Block:
    """One block: a heading, a paragraph, a list, a table or a figure by the name of its spec."""

    kind: Literal["heading", "paragraph", "list", "table", "figure"]
    text: str = ""
    items: tuple[str, ...] = ()


_TITLES = {
    "summary": ("What the estimates say", "主要结果"),
    "cautions": ("What a referee would ask", "审稿人可能的质疑"),
    "data": ("Data", "数据"),
    "availability": ("Data availability", "数据可得性"),
    "methods": ("Methods", "方法"),
    "results": ("Results", "实证结果"),
    "appendix": ("Appendix", "附录"),
    "checks": ("Data checks", "数据校验"),
    "build": ("Construction", "指标构造"),
}


def figure_numbers(study: Study) -> dict[str, str]:
    """Spec name -> number of the figure, in the order in which the report shows them."""
    order = [f for name in [*study.tables, None] for f in _figures_after(study, name)]
    return {name: str(i) for i, name in enumerate(order, start=1)}


def _figures_after(study: Study, table: str | None) -> list[str]:
    stem = table.split("/")[1] if table else None
    return [name for name, spec in study.figures.items() if spec.after == stem]


def blocks(
    study: Study, results: dict[str, Result], findings: list[Finding], language: str
) -> list[Block]:
    """The whole report. Tables numbered A stand in the appendix."""

    def title(key: str) -> Block:
        return Block("heading", _TITLES[key][language == "zh"])

    out = [Block("paragraph", study.spec.question.in_language(language))]
    if study.spec.synthetic:
        out.append(Block("paragraph", word("synthetic", language)))
    out += [title("summary"), Block("list", items=tuple(summary(study, results, language)))]
    out += [
        title("cautions"),
        Block("list", items=tuple(cautions(study, results, findings, language))),
    ]
    out += [
        title("data"),
        *_data(study, language),
        title("availability"),
        *_availability(study, language),
        title("methods"),
        *_methods(study, language),
        title("results"),
    ]
    numbers = table_numbers(study)
    for name in study.tables:
        if not numbers[name].startswith("A"):
            out.append(Block("table", name))
            out += [Block("figure", f) for f in _figures_after(study, name)]
    out += [Block("figure", f) for f in _figures_after(study, None)]
    out.append(title("appendix"))
    for name in study.tables:
        if numbers[name].startswith("A"):
            out.append(Block("table", name))
            out += [Block("figure", f) for f in _figures_after(study, name)]
    return [
        *out,
        title("build"),
        Block("list", items=tuple(_construction(study, language))),
        title("checks"),
        *_checks(findings, language),
    ]


def _data(study: Study, language: str) -> list[Block]:
    first, last = study.spec.years
    n, years, files = len(study.provinces), len(study.years), len(study.spec.sources)
    if language == "zh":
        text = (
            f"面板包含{n}个省级单位、{first}—{last}年，共{n * years}个省份—年份单元；原始变量{len(study.codebook)}个，"
            f"派生变量{len(study.derived)}个，综合指数{len(study.indices)}个，来自{files}个来源文件（见数据可得性）。"
        )
    else:
        text = (
            f"The panel has {n} provincial units over {first}–{last}, {n * years} province-years; "
            f"{len(study.codebook)} raw variables, {len(study.derived)} derived ones, {len(study.indices)} composite "
            f"indices, from {files} source file{'s' if files != 1 else ''} (see Data availability)."
        )
    remarks = [Block("paragraph", r.in_language(language)) for r in study.spec.remarks]
    return [Block("paragraph", text), *remarks]


def _availability(study: Study, language: str) -> list[Block]:
    """The data availability statement that journals ask for, from the sources' declarations and repairs.toml."""
    zh = language == "zh"
    items = []
    for source in study.spec.sources:
        parts = [source.citation.rstrip(".。")] if source.citation else []
        if source.url:
            parts.append(source.url)
        elif source.nbs is not None:
            parts.append(
                f"data.stats.gov.cn, {source.nbs.path} > {source.nbs.indicator}, {source.nbs.years[0]}–{source.nbs.years[1]}"
            )
        elif not study.spec.synthetic:
            parts.append(
                "无公开下载地址，须自行取得"
                if zh
                else "no public address: to be obtained by the reader"
            )
        parts += [f"commit {source.commit}"] if source.commit else []
        parts += (
            [f"{'许可' if zh else 'licence'}{word('colon', language)}{source.licence}"]
            if source.licence
            else []
        )
        parts += [f"SHA-256 {source.sha256}"] if source.sha256 else []
        items.append(
            f"{source.file}{word('colon', language)}" + word("semicolon", language).join(parts)
        )
    if study.spec.synthetic:
        lead = (
            f"本研究的数据为合成数据，由`make data`按specs/{study.name}/simulation.toml声明的过程生成，随程序一并提供。"
            if zh
            else f"The data of this study are synthetic: `make data` draws them from the process declared in specs/{study.name}/simulation.toml, and they "
            "come with the program."
        )
    else:
        fetch = any(s.url or s.nbs for s in study.spec.sources)
        lead = (
            "全部结果由下列文件经本程序得到；"
            + (
                f"`make fetch STUDY={study.name}`下载并核对有公开地址的文件。"
                if fetch
                else "文件不随程序分发。"
            )
            if zh
            else "Every result follows from the files below by this program; "
            + (
                f"`make fetch STUDY={study.name}` downloads and verifies those with a public address."
                if fetch
                else "the files are not distributed with it."
            )
        )
    repairs = [r for r in study.repairs if r.action != "confirm"]
    if repairs:
        told = word("semicolon", language).join(
            f"{study.label(r.variable, language)} ({r.action}): {r.reason}" for r in repairs
        )
        lead += (
            f"对原始数据的修正（repairs.toml）：{told}。"
            if zh
            else f" Corrections of raw cells (repairs.toml): {told}."
        )
    return [Block("paragraph", lead), Block("list", items=tuple(items))]


def _methods(study: Study, language: str) -> list[Block]:
    draws = f"{study.spec.bootstrap.draws:,}"
    indices = word("semicolon", language).join(
        f"{spec.label.in_language(language)}{word('colon', language)}{index_in_words(spec, language)}"
        for spec in study.indices.values()
    )
    if language == "zh":
        text = (
            f"除另有说明外，各列均为吸收省份与年份效应的线性面板模型，标准误聚类到省份。机制检验采用两步法：报告新质生产力对机制变量M的"
            f"系数a；在控制新质生产力的条件下报告M与结果的关系b；a×b的区间由整省抽取的自助法（{draws}次）给出。"
            f"综合指数（均考虑方向）：{indices}。默认采用百分位区间，因为30个聚类的模拟研究（reports/methods/coverage.md）表明在存在效应的各设计中其与名义覆盖率的最大偏差最小；聚类标准误之外同时报告wild聚类自助法p值。"
        )
    else:
        text = (
            f"Unless a column says otherwise, models are linear with province and year effects absorbed and errors "
            f"clustered by province. Mechanisms follow the two-step design: the coefficient a of NQP on the mechanism "
            f"M is reported, the relation b of M with the outcome is shown given NQP, and the interval of a × b comes "
            f"from a bootstrap of whole provinces ({draws} draws). Indices, from "
            f"direction-aware indicators: {indices}. Percentile intervals are the default because a simulation "
            f"study with 30 clusters (reports/methods/coverage.md, `make coverage`) found their largest gap to nominal coverage, over designs with an effect, the smallest; "
            f"p-values by the wild cluster bootstrap stand beside the clustered ones."
        )
    return [Block("paragraph", text)]


def _construction(study: Study, language: str) -> list[str]:
    """One line a derived variable (label, formula, unit), then one a raw variable (label, unit, file)."""
    lines = []
    colon = word("colon", language)
    files = {s.name: s.file for s in study.spec.sources}
    for name, d in study.derived.items():
        unit = study.unit(name, language)
        lines.append(
            f"{study.label(name, language)}{colon}{name} = {d.formula}"
            + (f" [{unit}]" if unit else "")
        )
    for name, variable in study.codebook.items():
        lines.append(
            f"{name}{colon}{study.label(name, language)} [{study.unit(name, language)}], {files[variable.source]}"
        )
    return lines


def _checks(findings: list[Finding], language: str) -> list[Block]:
    warnings = [f for f in findings if f.severity != "error"]
    if not warnings:
        return [
            Block(
                "paragraph",
                "数据校验没有发现问题。" if language == "zh" else "The data checks found nothing.",
            )
        ]
    n = len(warnings)
    lead = (
        f"数据校验没有发现错误，有{n}条提示（原文为英文）："
        if language == "zh"
        else f"The data checks found no error and {n} warning{'s' if n > 1 else ''}:"
    )
    items = tuple(f"{f.where}: {f.found}. To do: {f.remedy}" for f in warnings)
    return [Block("paragraph", lead), Block("list", items=items)]
