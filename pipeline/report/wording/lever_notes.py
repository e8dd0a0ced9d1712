"""Sentences under the tables of levers: moderation, moderated mediation, the twelve rows, power."""

from collections.abc import Callable
from typing import Any

from pipeline.panel.provinces import BY_CODE
from pipeline.report.numbers import decimal, equals
from pipeline.study import Study


def _moderation(v: dict[str, Any], zh: bool, study: Study) -> str:
    level = f"{v['level']:.0%}"
    if zh:
        return (
            f"因素在估计样本上中心化并除以标准差，故新质生产力一行为因素取均值时的效应；交互项的{level}区间为整省自助法百分位区间（{v['draws']:,}次，种子{v['seed']}），"
            f"wild p值为WCR31（施加原假设，{v['wild']:,}次）；省份不多时交互项的聚类标准误偏小，判断宜依wild p值。分位处效应的标准误与“样本占比”按聚类标准误计算。“被效应吸收”：因素在省内不随时间变化，其自身效应已含于省份效应，交互项仍可识别。"
            + (
                f"“同时进入”：所列因素及其交互项进入同一模型，N = {v['joint_n']}。"
                if v.get("joint_n")
                else ""
            )
        )
    return (
        f"Levers are centred and scaled by their SD on the estimation sample, so that NQP's row is its effect at the "
        f"lever's mean. {level} interval of the interaction: percentile interval of a bootstrap of whole provinces "
        f"({v['draws']:,} draws, seed {v['seed']}); wild p: WCR31, null imposed, {v['wild']:,} draws; with few provinces the clustered errors of interactions are too small, so go by it. Shares of the sample and effects "
        f"along the lever use the clustered errors. “Absorbed”: the lever does not vary over time within provinces; its own effect is in "
        f"the province effects, the interaction is identified."
        + (
            f" “All at once”: the levers of this table and their products in one model, N = {v['joint_n']}."
            if v.get("joint_n")
            else ""
        )
    )


def _moderated_mediation(v: dict[str, Any], zh: bool, study: Study) -> str:
    level = f"{v['level']:.0%}"
    if zh:
        return (
            f"各列为一个因素与一个机制。指数为因素均值处间接效应随因素每1个标准差的变化（a变化×b＋a×b变化；仅一条路径受调节时即Hayes（2015）指数）。"
            f"{level}区间为整省自助法百分位区间（{v['draws']:,}次，舍弃{v['dropped']}次，种子{v['seed']}），a × b与指数括号内为自助法标准误；变化的wild p值为WCR31（{v['wild']:,}次）。"
        )
    return (
        f"One lever and one mechanism a column. The index is the change of a × b per SD of the lever at its mean (change of a "
        f"times b plus a times change of b; Hayes's (2015) index where one path alone moves). {level} intervals: percentile, bootstrap of whole "
        f"provinces ({v['draws']:,} draws, {v['dropped']} dropped, seed {v['seed']}), whose errors stand below a × b and the index; wild "
        f"p-values of the changes: WCR31, {v['wild']:,} draws."
    )


def _timing(v: dict[str, Any], zh: bool, study: Study) -> str:
    groups: dict[str, list[str]] = {}
    for key, timing in v["timing"].items():
        shown = key.upper() if key in study.levers else study.label(key, "zh" if zh else "en")
        groups.setdefault(timing, []).append(shown)
    base = v["base_year"]
    words = {
        "base_year": (f"of {base} throughout", f"固定为{base}年的值"),
        "lag": ("of one year earlier", "滞后一年"),
        "current": (
            "of the same year (a lever of the same year may itself be an outcome of NQP: read with care)",
            "同年的值（同期因素可能本身受新质生产力影响，宜谨慎解读）",
        ),
    }
    parts = [
        (f"{'、'.join(k)}{words[t][1]}" if zh else f"{', '.join(k)} {words[t][0]}")
        for t, k in groups.items()
    ]
    return f"因素取值：{'；'.join(parts)}。" if zh else f"Values of the levers: {'; '.join(parts)}."


def _levers(v: dict[str, Any], zh: bool, study: Study) -> str:
    power, level = f"{v['power']:.0%}", f"{study.spec.bootstrap.level:.0%}"
    if not v["tests"]:
        return "没有可检验的因素。" if zh else "No lever can be tested."
    clusters = "–".join(str(c) for c in dict.fromkeys((v["clusters"][0], v["clusters"][-1])))
    single = f"{v['level']:.2g}"
    if zh:
        return (
            f"每行为单独的模型（{clusters}个省份）：结果对新质生产力、因素及二者交互项回归，含控制变量与双向效应；估计值为因素每高1个标准差对应的新质生产力效应变化，下方为其{level}区间，左侧为代理变量。"
            f"p值与区间来自施加原假设的wild聚类自助法（WCR31，{v['draws']:,}次，种子{v['seed']}），区间由检验反演得到；校正p值按Westfall–Young逐步法对{v['tests']}个检验校正，各检验共用同一组省份权重；星号与结论以校正p值为准（5%）。"
            f"“增强”“削弱”相对于因素均值处新质生产力效应的方向；该效应本身不异于零（WCR31）时，仅称“提高系数”“降低系数”。"
            f"可检出值：校正后的检验（单独检验须p < {single}）以{power}的概率可发现的效应，由本面板各省残差路径随机变号模拟。"
            f"缺失超过{v['missing']:.0%}、无变化或被效应解释的因素视为无法检验。"
        )
    return (
        f"Each row is a model of its own ({clusters} provinces): the outcome on NQP, the lever and their product, controls and two-way effects; the estimate is the change "
        f"of NQP's effect per SD of the lever, its {level} interval below it, the proxy below the lever. p and interval: wild cluster bootstrap with the null imposed (WCR31, {v['draws']:,} "
        f"draws, seed {v['seed']}), the interval by inversion; adjusted: step-down min-p (Westfall–Young) over the {v['tests']} tests, which share one set of province weights. Stars and "
        f"verdict go by the adjusted p (5%). “Strengthens” and “weakens” refer to the direction of NQP's effect at the lever's mean; where that effect itself does not differ from zero (WCR31) the verdict is "
        f"“raises” or “lowers the coefficient”. Detectable: the effect that the adjusted test (p < {single} singly) finds with probability {power}, simulated from the residual paths of this panel's "
        f"provinces with random signs. Levers with more than {v['missing']:.0%} of their cells missing, without variation, or explained by the effects count as not testable."
    )


def _power(v: dict[str, Any], zh: bool, study: Study) -> str:
    power = f"{v['power']:.0%}"
    if zh:
        return (
            f"可检出值：5%水平的检验以{power}的概率可发现的最小效应。模拟结果为效应加上各省残差路径（刀切调整、整省随机变号，{v['draws']:,}次，种子{v['seed']}），"
            f"临界值亦由模拟给出；a × b要求a与b均显著，取二者距零的标准误倍数相同的一对。"
        )
    return (
        f"Detectable: the smallest effect that a 5% test finds with probability {power}. Simulated outcomes are the effect plus the residual paths of "
        f"whole provinces, jackknife-transformed, with random signs ({v['draws']:,} draws, seed {v['seed']}); the critical value is the simulated one. For a × b "
        f"both a and b must be found; the pair taken is the one in which both are equally many errors from zero."
    )


def _detectable(v: dict[str, Any], zh: bool, study: Study) -> str:
    power = f"{v['power']:.0%}"
    if zh:
        return f"可检出的a × b：5%水平的联合检验以{power}的概率可发现的最小间接效应（按本面板各省残差路径模拟，{v['draws']:,}次；取a与b距零的标准误倍数相同的一对）。"
    return (
        f"Detectable a × b: the smallest one that a joint 5% test of a and b finds with probability {power}, simulated from the provinces' own "
        f"residual paths ({v['draws']:,} draws; the pair a, b that are equally many errors from zero)."
    )


def _scenario(v: dict[str, Any], zh: bool, study: Study) -> str:
    level = f"{v['level']:.0%}"
    if zh:
        return (
            f"增益：{v['year']}年落后于目标的省份若达到目标（中位数或较优四分位数），结果变量的变化；按全部机制进入同一结果方程分解，各部分之和等于总增益。"
            f"方括号内为{level}区间：整省自助法（{v['draws']:,}次，舍弃{v['dropped']}次，种子{v['seed']}），计入全部系数的不确定性。"
            f"全国差距为各省与{v['frontier']:.0%}分位数之间缺口之和。"
        )
    return (
        f"Gains: the change of the outcome if the provinces behind the target in {v['year']} (the median, or the better quartile, of that year) stood "
        f"at it, by mechanism with all mechanisms in one outcome equation; the parts add up to the whole. In brackets: {level} intervals of a bootstrap of whole "
        f"provinces ({v['draws']:,} draws, {v['dropped']} dropped, seed {v['seed']}), which carry every estimated coefficient. National gap: the sum of what "
        f"provinces lack to the {v['frontier']:.0%} quantile of the outcome."
    )


def _outside(v: dict[str, Any], zh: bool, study: Study) -> str:
    language = "zh" if zh else "en"
    shown = []
    for key, codes in v["provinces"].items():
        names = [BY_CODE[c].zh if zh else BY_CODE[c].en for c in codes]
        label = key.upper() if key in study.levers else study.label(key, language)
        more = len(names) - 6
        rest = (f"等{len(names)}省" if zh else f" and {more} more") if more > 0 else ""
        shown.append(f"{label}{'：' if zh else ': '}{('、' if zh else ', ').join(names[:6])}{rest}")
    if zh:
        return f"外推警告：以下省份移动后离开了样本的取值范围（新质生产力与该变量的联合凸包，或大于任何省份内部出现过的变动），结果仅凭函数形式：{'；'.join(shown)}。"
    return (
        f"Extrapolation: after the move these provinces leave the support of the sample (the convex hull of NQP and the variable, or a move larger than any "
        f"seen within a province), so that the functional form alone speaks: {'; '.join(shown)}."
    )


def _descriptive(v: dict[str, Any], zh: bool, study: Study) -> str:
    return (
        "此为描述性推算：把样本内的相关关系外推到假设情形，不是政策效应的因果估计。"
        if zh
        else "This is descriptive: it extends associations in the sample to a hypothetical case and is no causal estimate of a policy."
    )


def _quantiles(v: dict[str, Any], zh: bool, study: Study) -> str:
    level, odd = f"{v['level']:.0%}", v["not_positive"]
    if zh:
        return (
            f"矩条件分位数回归（Machado和Santos Silva，2019）：第τ分位系数 = 位置系数 + q(τ) × 尺度系数，含省份与年份效应。括号内为整省自助法标准误，"
            f"{level}区间为百分位区间（{v['draws']:,}次，舍弃{v['dropped']}次，种子{v['seed']}），星号依该标准误与t(G−1)。时期较短时，两端分位的系数会向中间偏移（1/T阶）。"
            + (f"{odd:.1%}的观测尺度拟合值非正。" if odd else "")
        )
    return (
        f"Quantiles via moments (Machado and Santos Silva 2019): the coefficient at τ is location + q(τ) × scale, with province and year effects. In "
        f"parentheses: errors of a bootstrap of whole provinces; {level} intervals: percentile ({v['draws']:,} draws, {v['dropped']} dropped, seed {v['seed']}); stars by "
        f"t(G−1) with these errors. With few years the outer quantiles are pulled towards the middle (order 1/T)."
        + (f" The fitted scale is not positive in {odd:.1%} of the rows." if odd else "")
    )


def _equality(v: dict[str, Any], zh: bool, study: Study) -> str:
    def test(w: dict[str, Any]) -> str:
        return f"F({w['df1']}, {w['df2']}) = {decimal(w['f'], 2)}, p {equals(w['p'])}"

    parts = []
    if v["permutation_p"] is not None:
        parts.append(
            (
                f"provinces permuted across groups p {equals(v['permutation_p'])}",
                f"省份在组间置换p {equals(v['permutation_p'])}",
            )
        )
    parts.append(
        (
            f"bootstrap of whole provinces p {equals(v['bootstrap_p'])}",
            f"整省自助法p {equals(v['bootstrap_p'])}",
        )
    )
    parts.append(
        (
            f"treatment × group in one regression {test(v['interaction'])}",
            f"同一回归中新质生产力×组别{test(v['interaction'])}",
        )
    )
    if v["wald"]:
        parts.append(
            (
                f"separate regressions (Wald) {test(v['wald'])}",
                f"分组回归的Wald检验{test(v['wald'])}",
            )
        )
    listed = ("；" if zh else "; ").join(p[zh] for p in parts)
    small = v["smallest"] < 9
    if zh:
        return (
            f"组间系数相等的检验：{listed}。差异的{v['level']:.0%}区间为整省自助法百分位区间（{v['draws']:,}次，舍弃{v['dropped']}次，种子{v['seed']}）。"
            + (f"最小组仅{v['smallest']}个省份：除置换检验外各检验过度拒绝。" if small else "")
        )
    return (
        f"Tests of equal coefficients: {listed}. {v['level']:.0%} intervals of differences: percentile, bootstrap of whole provinces "
        f"({v['draws']:,} draws, {v['dropped']} dropped, seed {v['seed']})."
        + (
            f" The smallest group has {v['smallest']} provinces: all tests but the permutation reject too often."
            if small
            else ""
        )
    )


def _halves(v: dict[str, Any], zh: bool, study: Study) -> str:
    fixed = [
        k for k in v["variables"] if k in study.levers and study.levers[k].timing == "base_year"
    ]
    moving = [k for k in v["variables"] if k not in fixed]
    base = v["base_year"]
    names = {
        True: "、".join(study.label(k, "zh") for k in moving),
        False: ", ".join(study.label(k, "en") for k in moving),
    }
    still = {
        True: "、".join(study.label(k, "zh") for k in fixed),
        False: ", ".join(study.label(k, "en") for k in fixed),
    }
    said = []
    if moving:
        said.append(
            f"按{names[True]}的省份均值（样本全部年份）在中位数处分为两半，处理之后的取值亦计入，宜谨慎解读。"
            if zh
            else f"Halves at the median of the province means of {names[False]} over all years of the sample, so that values after the treatment enter: "
            f"read with care."
        )
    if fixed:
        said.append(
            f"按{still[True]}（{base}年的值）在中位数处分为两半。"
            if zh
            else f"Halves at the median of {still[False]}, of the base year {base}."
        )
    return ("" if zh else " ").join(said)


def _threshold(v: dict[str, Any], zh: bool, study: Study) -> str:
    level = f"{v['level']:.0%}"
    scheme = {
        "paths": (
            "residual paths of whole provinces drawn with replacement",
            "有放回抽取整省残差路径",
        ),
        "signs": (
            "residuals of whole provinces with random signs (the panel is not balanced)",
            "整省残差随机变号（非平衡面板）",
        ),
    }
    drawn = ("、" if zh else "; ").join(scheme[s][zh] for s in v["schemes"])
    named = ("、" if zh else ", ").join(
        k.upper() if k in study.levers else study.label(k, "zh" if zh else "en") for k in v["edges"]
    )
    broken = [
        (k.upper() if k in study.levers else study.label(k, "zh" if zh else "en"), i, n)
        for k, i, n in v.get("pieces", [])
    ]
    if zh:
        split = "；".join(
            f"{name}{f'门槛{i}' if i else ''}的置信集由{n}段组成" for name, i, n in broken
        )
        return (
            f"Hansen（1999）面板门槛模型：逐个估计门槛（第一个门槛在给定第二个后重估），每个区制至少含{v['trim']:.0%}的观测与{v['provinces']}个省份，候选值至多{v['grid']}个。"
            + ("因素本身作为控制变量进入（被效应吸收者除外）。" if v["control"] else "")
            + f"F以N减省份数为尺度（即n(T−1)）；p值与临界值由自助法得到（{drawn}，{v['draws']:,}次，舍弃{v['dropped']}次，种子{v['seed']}，误差取自原假设模型的残差）。"
            f"{level}置信集为LR ≤ −2ln(1−√{v['level']:g})的候选值。区制斜率取自检验所支持的门槛数（至少一个）。"
            + (f"{named}的置信集止于搜索边界，并非LR越过临界值。" if named else "")
            + (f"{split}，表中为其最外两端。" if broken else "")
        )
    split = "; ".join(
        f"the set of {name}{f' (threshold {i})' if i else ''} is in {n} pieces"
        for name, i, n in broken
    )
    split = (
        f" {split[:1].upper()}{split[1:]}, of which the outer ends are printed." if broken else ""
    )
    return (
        f"Hansen's (1999) threshold model: thresholds one after the other (the first again given the second), every regime with at least {v['trim']:.0%} of the "
        f"rows and {v['provinces']} provinces, at most {v['grid']} candidates. "
        + (
            "The lever itself is among the controls unless the effects absorb it. "
            if v["control"]
            else ""
        )
        + f"F on the scale N less provinces, Hansen's n(T−1); p and critical values by bootstrap ({drawn}; {v['draws']:,} draws, {v['dropped']} dropped, seed {v['seed']}; errors are "
        f"residuals of the model under the null). {level} sets hold the candidates with LR ≤ −2 ln(1 − √{v['level']:g}). Slopes by regime with as many thresholds as the tests support, one "
        f"at the least."
        + (
            f" The sets of {named} end where the search ended, not where LR crossed its critical value."
            if named
            else ""
        )
        + split
    )


LEVER_NOTES: dict[str, Callable[[dict[str, Any], bool, Study], str]] = {
    "moderation": _moderation,
    "moderated_mediation": _moderated_mediation,
    "lever_timing": _timing,
    "levers": _levers,
    "power": _power,
    "detectable": _detectable,
    "halves": _halves,
    "threshold": _threshold,
    "quantiles": _quantiles,
    "equality": _equality,
    "scenario": _scenario,
    "outside_support": _outside,
    "descriptive": _descriptive,
}
