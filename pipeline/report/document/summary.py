"""Sentences made from the results: what they say, and what a referee would object to."""

from pipeline.panel.finding import Finding
from pipeline.panel.result import Column, Result, Term
from pipeline.report.layout import table_numbers
from pipeline.report.numbers import decimal, equals, percent, typographic
from pipeline.report.wording import word
from pipeline.study import Study


def _first(study: Study, results: dict[str, Result], kind: str) -> Result | None:
    return next((results[n] for n, t in study.tables.items() if t.kind == kind), None)


def _treatment(column: Column) -> Term:
    return next(t for t in column.terms if t.role == "treatment")


def _equals(p: float | None) -> str:
    return f"p {equals(p)}"


def summary(study: Study, results: dict[str, Result], language: str) -> list[str]:
    """Headline, how it moves as columns add effects, mechanisms, range over the other columns, group test."""
    out: list[str] = []
    base = _first(study, results, "regression")
    headline = base.columns[-1] if base else None
    if base and headline:
        out += _headline(study, results, base, headline, language)
    if (mechanisms := _first(study, results, "mediation")) is not None:
        out += [_mechanism(study, c, language) for c in mechanisms.columns]
    for name, spec in study.tables.items():
        if spec.kind == "regression" and getattr(spec, "align", False):
            out.append(_range(spec.title.in_language(language), results[name], headline, language))
    if (groups := _first(study, results, "heterogeneity")) is not None:
        out.append(_groups(study, groups, language))
    if (levers := _first(study, results, "levers")) is not None:
        out.append(_levers(levers, language))
    return [typographic(sentence) for sentence in out]


def _headline(
    study: Study, results: dict[str, Result], base: Result, column: Column, language: str
) -> list[str]:
    zh = language == "zh"
    x, y = (
        study.label(v, language) for v in (study.spec.roles.treatment, study.spec.roles.outcome)
    )
    t, s = _treatment(column), column.statistics
    estimate, level = t.estimate or 0.0, f"{study.spec.bootstrap.level:.0%}"
    others = few_cluster_p(study, results, column)
    direction = ("positive", "正向") if estimate > 0 else ("negative", "负向")
    if t.p is None or t.p >= 0.05:
        answer = ("no evidence", "无充分证据")
    elif any(p >= 0.05 for p in others.values()):
        answer = (
            f"{direction[0]} by clustered errors, not distinguishable from zero once the few clusters are allowed for",
            f"按聚类标准误为{direction[1]}，但计入聚类数少后不能区别于零",
        )
    else:
        answer = direction
    power = _first(study, results, "power")
    if answer != direction and power is not None:
        least = decimal(power.columns[0].term("detectable").estimate, 3)
        answer = (
            f"{answer[0]} (this panel finds an effect of {least} with probability 80%)",
            f"{answer[1]}（本面板以80%的概率可检出{least}的效应）",
        )
    numbers = f"{decimal(t.estimate, 3)} ({decimal(t.se, 3)}; [{decimal(t.low, 3)}, {decimal(t.high, 3)}])"
    first = (
        f"{x}与{y}的关系：{answer[1]}。在最完整的设定中，系数（标准误；{level}区间）为{numbers}，{_equals(t.p)}，"
        f"N = {s['n']}，{s['provinces']}个省份。"
        if zh
        else f"{x} and {y}: {answer[0]}. In the fullest specification the coefficient (SE; {level} interval) is {numbers}, "
        f"{_equals(t.p)}, N = {s['n']} in {s['provinces']} provinces."
    )
    if others:
        listed = "; ".join(f"{name} {_equals(p)}" for name, p in others.items())
        first += (
            f"少聚类方法：{listed.replace('; ', '；')}。"
            if zh
            else f" By methods for few clusters: {listed}."
        )
    values = [_treatment(c).estimate or 0.0 for c in base.columns]
    path = ", ".join(decimal(v, 3) for v in values)
    flips = min(values) < 0 < max(values)
    if zh:
        return [
            first,
            f"逐列加入效应与控制变量时，系数依次为{path}"
            + ("；符号发生变化，结论取决于设定。" if flips else "。"),
        ]
    return [
        first,
        f"As columns add effects and controls it is {path}"
        + ("; the sign changes, so the answer depends on the specification." if flips else "."),
    ]


def few_cluster_p(study: Study, results: dict[str, Result], column: Column) -> dict[str, float]:
    """p-values of the headline coefficient by CRV3 and the wild bootstraps, from the few-cluster table's same model."""
    table = _first(study, results, "few_clusters")
    estimate = _treatment(column).estimate
    if table is None or estimate is None:
        return {}
    for other in table.columns:
        if (
            other.outcome == column.outcome
            and abs((other.term("coefficient").estimate or 0.0) - estimate) < 1e-8
        ):
            named = (("CRV3", "crv3_p"), ("WCR11", "wcr11_p"), ("WCR31", "wcr31_p"))
            return {name: p for name, key in named if (p := other.term(key).estimate) is not None}
    return {}


def _mechanism(study: Study, c: Column, language: str) -> str:
    t, share = c.term("indirect"), c.term("share").estimate
    numbers = f"a × b = {decimal(t.estimate, 3)} [{decimal(t.low, 3)}, {decimal(t.high, 3)}]"
    reading, label = word(str(c.statistics["pattern"]), language), study.label(c.key, language)
    if c.statistics["pattern"] == "none":
        least = decimal(c.term("detectable").estimate, 3)
        reading += (
            f"（80%可检出值{least}）"
            if language == "zh"
            else f" (the panel finds an a × b of {least} with probability 80%)"
        )
    part = (
        ""
        if share is None
        else f"，占总效应{share:.0%}"
        if language == "zh"
        else f", {share:.0%} of the total"
    )
    if language == "zh":
        return f"{label}：{numbers}{part}；结论：{reading}。"
    return f"{label}: {numbers}{part}; reading: {reading}."


def _range(title: str, result: Result, headline: Column | None, language: str) -> str:
    terms = [_treatment(c) for c in result.columns]
    values = [t.estimate or 0.0 for t in terms]
    k = sum(t.p is not None and t.p < 0.05 for t in terms)
    wild = [float(p) for c in result.columns if (p := c.statistics.get("bracket_p")) is not None]
    j = sum(p < 0.05 for p in wild)
    low, high = decimal(min(values), 3), decimal(max(values), 3)
    base = decimal(_treatment(headline).estimate, 3) if headline else ""
    if language == "zh":
        also = f"，按wild自助法{j}列" if wild else ""
        return f"{title}：基准为{base}；{len(terms)}列中系数自{low}至{high}，按聚类标准误{k}列在5%水平上异于零{also}。"
    also = f", {j} by the wild bootstrap" if wild else ""
    return (
        f"{title}: the baseline is {base}; over {len(terms)} columns it runs from {low} to {high}; {k} differ from zero at 5% by "
        f"clustered errors{also}."
    )


def _groups(study: Study, groups: Result, language: str) -> str:
    p = next(n.values["p"] for n in groups.notes if n.code == "equality")
    spec = next(t for n, t in study.tables.items() if t.kind == "heterogeneity")
    parts = [
        f"{spec.labels[c.key].in_language(language)} {decimal(_treatment(c).estimate, 3)}"
        for c in groups.columns
    ]
    if language == "zh":
        verdict = "拒绝系数相等" if p < 0.05 else "不能拒绝系数相等"
        return f"分区域系数：{'、'.join(parts)}；{verdict}（{_equals(p)}）。"
    verdict = "equality is rejected" if p < 0.05 else "equality is not rejected"
    return f"By region: {', '.join(parts)}; {verdict} ({_equals(p)})."


def _levers(result: Result, language: str) -> str:
    """Which challenges and paths move the effect after adjustment, which do not, which cannot be tested."""
    zh = language == "zh"
    by: dict[str, list[str]] = {}
    for c in result.columns:
        by.setdefault(str(c.statistics["verdict"]), []).append(c.key.upper())
    tests = len(result.columns) - len(by.get("untestable", []))
    comma = "、" if zh else ", "
    parts = [
        f"{comma.join(by[v])}{'' if zh else ' '}{word(v, language)}"
        + ("其效应" if zh and v in ("weakens", "strengthens") else "")
        for v in ("weakens", "strengthens", "lowers", "raises")
        if v in by
    ]
    if "none" in by:
        least = [
            c.term("detectable").estimate or 0.0
            for c in result.columns
            if c.statistics["verdict"] == "none"
        ]
        span = f"{decimal(min(least), 3)}–{decimal(max(least), 3)}"
        parts.append(
            f"{comma.join(by['none'])}无充分证据（80%可检出值{span}）"
            if zh
            else f"no evidence for {comma.join(by['none'])} (found with probability 80%: changes of {span} per SD)"
        )
    if "untestable" in by:
        parts.append(
            f"{comma.join(by['untestable'])}本面板无法检验"
            if zh
            else f"{comma.join(by['untestable'])} cannot be tested with this panel"
        )
    listed = ("；" if zh else "; ").join(parts)
    return (
        f"挑战与路径（{tests}个检验，多重检验校正）：{listed}。"
        if zh
        else f"Challenges and paths ({tests} tests, adjusted): {listed}."
    )


def _tests(study: Study, results: dict[str, Result]) -> int:
    """Coefficients printed with stars, joint p-values and tests of equality, over all tables."""
    count = 0
    for name, spec in study.tables.items():
        show = getattr(spec, "show", None)
        for column in results[name].columns:
            count += sum(
                t.p is not None
                and t.role != "constant"
                and (show is None or t.name in show or t.role == "treatment")
                for t in column.terms
            )
            count += "joint_p" in column.statistics
        count += sum(n.code == "equality" for n in results[name].notes)
    return count


_DATA_CAUTIONS = (
    (
        ("source-flag", "flag-excluded"),
        "The source itself flags cells of: {} (see the data checks).",
        "来源自身标注了以下变量的单元格：{}（见数据校验）。",
    ),
    (
        ("missing-cell",),
        "Cells are missing in: {} (see the data checks).",
        "以下变量有缺失单元格：{}（见数据校验）。",
    ),
    (
        ("jump", "rule-broken"),
        "Cells that jump between years or contradict another series: {} (see the data checks).",
        "以下变量存在年际突变或与其他序列矛盾的单元格：{}（见数据校验）。",
    ),
)


def cautions(
    study: Study, results: dict[str, Result], findings: list[Finding], language: str
) -> list[str]:
    """Objections that this run invites, each stated from what it did."""
    zh = language == "zh"
    out = []
    provinces = len(study.provinces)
    out.append(
        f"聚类数仅{provinces}个：聚类稳健标准误在聚类较少时偏小，5%附近的判断应谨慎。"
        if zh
        else f"Only {provinces} clusters: clustered errors are somewhat too small with so few; read results near 5% with care."
    )
    pooled = word("comma", language).join(
        study.label(i, language)
        for i, x in study.indices.items()
        if x.period == "pooled" and x.weights not in ("equal", "expert", "ahp")
    )
    if pooled:
        shown = next((n for n, t in study.tables.items() if t.kind == "index_uncertainty"), None)
        number = table_numbers(study)[shown] if shown else ""
        where = (
            (f"（表{number}给出计入后的区间）" if zh else f" (Table {number} carries it)")
            if shown
            else ""
        )
        out.append(
            f"{pooled}的权重用到全部年份，较晚年份的信息进入较早年份的得分；指数本身也是估计量，其不确定性未计入标准误{where}。"
            if zh
            else f"The weights of {pooled} use all years, so later years enter earlier scores; the index is itself estimated, "
            f"and its uncertainty is not in the standard errors{where}."
        )
    tests = _tests(study, results)
    adjusted = any(t.kind == "multiple_tests" for t in study.tables.values())
    out.append(
        f"各表合计检验{tests}个系数或假设，{'除多重检验表外未做校正' if adjusted else '未做多重检验校正'}。"
        if zh
        else f"The tables test {tests} coefficients and hypotheses, uncorrected for multiple testing"
        + (" outside the table that adjusts for it." if adjusted else ".")
    )
    out.append(
        "未使用工具变量：双向固定效应不能排除随时间变化的遗漏变量与反向因果；机制估计是相关性分解。"
        if zh
        else "No instrument is used: two-way effects leave time-varying confounders and reverse causation open, and the "
        "mechanism estimates decompose associations."
    )
    if (null := _first(study, results, "spurious")) is not None:
        rate = percent(null.columns[0].term("spurious_rejects").estimate)
        out.append(
            f"在本面板自身趋势与残差路径下模拟的真原假设中，按聚类标准误的5%检验拒绝了{rate}。"
            if zh
            else f"Of true nulls simulated with this panel's own trends and residual paths, 5% tests with clustered errors reject {rate}."
        )
    if (periods := _first(study, results, "look_ahead")) is not None:
        found = {
            c.key: decimal(float(c.statistics["standardised"] or 0.0), 3) for c in periods.columns
        }
        out.append(
            f"标准化核心系数：合并权重{found['pooled']}，权重与极差仅取基年{found['base_year']}，等权重{found['equal']}。"
            if zh
            else f"The standardised headline coefficient is {found['pooled']} with pooled weights, {found['base_year']} with weights and ranges of "
            f"the base year alone and {found['equal']} with equal weights."
        )
    for codes, english, chinese in _DATA_CAUTIONS:
        names = dict.fromkeys(str(f.where.variable) for f in findings if f.code in codes)
        if names:
            listed = word("comma", language).join(
                study.label(n, language) if n in study.variables else n for n in names
            )
            out.append(chinese.format(listed) if zh else english.format(listed))
    overlap = study.spec.roles.acknowledged_overlap
    if overlap:
        out.append(
            f"经声明的指标重叠：{', '.join(overlap)}。"
            if zh
            else f"Acknowledged indicator overlap: {', '.join(overlap)}."
        )
    return [typographic(sentence) for sentence in out]
