"""Sentences made from the results: what they say, and what a referee would object to."""

from pipeline.panel.finding import Finding
from pipeline.panel.result import Column, Result, Term
from pipeline.report.numbers import decimal, p_value
from pipeline.report.wording import word
from pipeline.study import Study


def _first(study: Study, results: dict[str, Result], kind: str) -> Result | None:
    return next((results[n] for n, t in study.tables.items() if t.kind == kind), None)


def _treatment(column: Column) -> Term:
    return next(t for t in column.terms if t.role == "treatment")


def _equals(p: float | None) -> str:
    text = p_value(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def summary(study: Study, results: dict[str, Result], language: str) -> list[str]:
    """Headline (last column of the first regression table), mechanisms, range over the other columns, group test."""
    zh = language == "zh"
    x, y = (study.label(v, language) for v in (study.spec.roles.treatment, study.spec.roles.outcome))
    out = []
    if (base := _first(study, results, "regression")) is not None:
        column = base.columns[-1]
        t, s = _treatment(column), column.statistics
        numbers = f"{decimal(t.estimate, 3)} ({decimal(t.se, 3)}; [{decimal(t.low, 3)}, {decimal(t.high, 3)}])"
        out.append(
            f"{x}对{y}的系数(标准误;95%区间)为{numbers},{_equals(t.p)},N = {s['n']},{s['provinces']}个省份。" if zh else
            f"The coefficient of {x} on {y} (SE; 95% interval) is {numbers}, {_equals(t.p)}, N = {s['n']} in "
            f"{s['provinces']} provinces."
        )  # fmt: skip
    if (mechanisms := _first(study, results, "mediation")) is not None:
        for c in mechanisms.columns:
            t, share = c.term("indirect"), c.term("share").estimate or 0.0
            numbers = f"a × b = {decimal(t.estimate, 3)} [{decimal(t.low, 3)}, {decimal(t.high, 3)}]"
            reading = word(str(c.statistics["pattern"]), language)
            label = study.label(c.key, language)
            out.append(f"{label}:{numbers},占总效应{share:.0%};判断:{reading}。" if zh else
                       f"{label}: {numbers}, {share:.0%} of the total; reading: {reading}.")  # fmt: skip
    for name, spec in study.tables.items():
        if spec.kind == "regression" and getattr(spec, "align", False):
            terms = [_treatment(c) for c in results[name].columns]
            values = [t.estimate or 0.0 for t in terms]
            k = sum((t.p or 1.0) < 0.05 for t in terms)
            low, high = decimal(min(values), 3), decimal(max(values), 3)
            title = spec.title.in_language(language)
            out.append(f"{title}:{len(terms)}列中系数介于{low}与{high}之间,{k}列在5%水平上异于零。" if zh else
                       f"{title}: over {len(terms)} columns the coefficient runs from {low} to {high}; {k} differ from "
                       f"zero at 5%.")  # fmt: skip
    if (groups := _first(study, results, "heterogeneity")) is not None:
        p = next(n.values["p"] for n in groups.notes if n.code == "equality")
        out.append(f"各区域系数相等的检验:{_equals(p)}。" if zh else
                   f"Equal coefficients in all regions: {_equals(p)}.")  # fmt: skip
    return out


def cautions(study: Study, results: dict[str, Result], findings: list[Finding], language: str) -> list[str]:
    """Objections that this run invites, each stated from what it did."""
    zh = language == "zh"
    out = []
    provinces = len(study.provinces)
    out.append(
        f"聚类数仅{provinces}个:聚类稳健标准误在聚类较少时偏小,5%附近的判断应谨慎。" if zh else
        f"Only {provinces} clusters: clustered errors are somewhat too small with so few; read results near 5% with care."
    )  # fmt: skip
    pooled = ", ".join(study.label(i, language) for i in study.indices)
    out.append(
        f"{pooled}的权重用到全部年份,较晚年份的信息进入较早年份的得分;指数本身也是估计量,其不确定性未计入标准误。" if zh else
        f"The weights of {pooled} use all years, so later years enter earlier scores; the index is itself estimated, "
        f"and its uncertainty is not in the standard errors."
    )  # fmt: skip
    tests = sum(len([t for t in c.terms if t.p is not None and t.role != "constant"])
                for n, r in results.items() if n.startswith("tables/") for c in r.columns)  # fmt: skip
    out.append(
        f"各表合计报告{tests}个p值,未做多重检验校正。" if zh else
        f"The tables report {tests} p-values in all, uncorrected for multiple testing."
    )  # fmt: skip
    out.append(
        "未使用工具变量:双向固定效应不能排除随时间变化的遗漏变量与反向因果;机制估计是相关性分解。" if zh else
        "No instrument is used: two-way effects leave time-varying confounders and reverse causation open, and the "
        "mechanism estimates decompose associations."
    )  # fmt: skip
    flagged = [f for f in findings if f.code in ("source-flag", "flag-excluded", "missing-cell")]
    if flagged:
        names = ", ".join(dict.fromkeys(str(f.where.variable) for f in flagged))
        out.append(
            f"来源自身标注或缺失的单元格涉及:{names}(详见附录)。" if zh else
            f"Cells that the source itself flags, or that are missing, concern: {names} (see the appendix)."
        )  # fmt: skip
    overlap = study.spec.roles.acknowledged_overlap
    if overlap:
        out.append(
            f"经声明的指标重叠:{', '.join(overlap)}。" if zh else f"Acknowledged indicator overlap: {', '.join(overlap)}."
        )  # fmt: skip
    return out
