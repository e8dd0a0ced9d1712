"""Sentences under the tables of levers: moderation, moderated mediation, the twelve rows, power."""

from collections.abc import Callable
from typing import Any

from pipeline.study import Study


def _moderation(v: dict[str, Any], zh: bool, study: Study) -> str:
    level = f"{v['level']:.0%}"
    if zh:
        return (f"因素在估计样本上中心化并除以标准差，故新质生产力一行为因素取均值时的效应；交互项的{level}区间为整省自助法百分位区间（{v['draws']:,}次，种子{v['seed']}），"
                f"wild p值为WCR31（施加原假设，{v['wild']:,}次）。分位处效应的标准误与“样本占比”按聚类标准误计算。“被效应吸收”：因素在省内不随时间变化，其自身效应已含于省份效应，交互项仍可识别。"
                + (f"“同时进入”：所列因素及其交互项进入同一模型，N = {v['joint_n']}。" if v.get("joint_n") else ""))  # fmt: skip
    return (f"Levers are centred and scaled by their SD on the estimation sample, so that NQP's row is its effect at the "
            f"lever's mean. {level} interval of the interaction: percentile interval of a bootstrap of whole provinces "
            f"({v['draws']:,} draws, seed {v['seed']}); wild p: WCR31, null imposed, {v['wild']:,} draws. Shares of the sample and effects "
            f"along the lever use the clustered errors. “Absorbed”: the lever does not vary over time within provinces; its own effect is in "
            f"the province effects, the interaction is identified."
            + (f" “All at once”: the levers of this table and their products in one model, N = {v['joint_n']}." if v.get("joint_n") else ""))  # fmt: skip


def _moderated_mediation(v: dict[str, Any], zh: bool, study: Study) -> str:
    level = f"{v['level']:.0%}"
    if zh:
        return (f"各列为一个因素与一个机制。指数为因素均值处间接效应随因素每1个标准差的变化（a变化×b＋a×b变化；仅一条路径受调节时即Hayes（2015）指数）。"
                f"{level}区间为整省自助法百分位区间（{v['draws']:,}次，舍弃{v['dropped']}次，种子{v['seed']}），a × b与指数括号内为自助法标准误；变化的wild p值为WCR31（{v['wild']:,}次）。")  # fmt: skip
    return (f"One lever and one mechanism a column. The index is the change of a × b per SD of the lever at its mean (change of a "
            f"times b plus a times change of b; Hayes's (2015) index where one path alone moves). {level} intervals: percentile, bootstrap of whole "
            f"provinces ({v['draws']:,} draws, {v['dropped']} dropped, seed {v['seed']}), whose errors stand below a × b and the index; wild "
            f"p-values of the changes: WCR31, {v['wild']:,} draws.")  # fmt: skip


def _timing(v: dict[str, Any], zh: bool, study: Study) -> str:
    groups: dict[str, list[str]] = {}
    for key, timing in v["timing"].items():
        shown = key.upper() if key in study.levers else study.label(key, "zh" if zh else "en")
        groups.setdefault(timing, []).append(shown)
    base = v["base_year"]
    words = {"base_year": (f"of {base} throughout", f"固定为{base}年的值"), "lag": ("of one year earlier", "滞后一年"),
             "current": ("of the same year (a lever of the same year may itself be an outcome of NQP: read with care)",
                         "同年的值（同期因素可能本身受新质生产力影响，宜谨慎解读）")}  # fmt: skip
    parts = [(f"{'、'.join(k)}{words[t][1]}" if zh else f"{', '.join(k)} {words[t][0]}") for t, k in groups.items()]
    return f"因素取值：{'；'.join(parts)}。" if zh else f"Values of the levers: {'; '.join(parts)}."


def _levers(v: dict[str, Any], zh: bool, study: Study) -> str:
    power, level = f"{v['power']:.0%}", f"{study.spec.bootstrap.level:.0%}"
    if zh:
        return (f"每行为单独的模型：结果对新质生产力、因素及二者交互项回归，含控制变量与双向效应；估计值为因素每升高1个标准差引起的新质生产力效应变化，下方为其{level}区间（聚类标准误），左侧为代理变量；星号依校正p值。"
                f"p值为WCR31（{v['draws']:,}次，种子{v['seed']}）；校正p值按Westfall–Young逐步法对{v['tests']}个检验校正，各检验共用同一组省份权重。"
                f"结论以校正p值5%为界。可检出值：以5%水平单独检验、{power}的概率可发现的最小效应（由本面板各省残差路径随机变号模拟）。"
                f"缺失超过{v['missing']:.0%}的因素视为无法检验。")  # fmt: skip
    return (f"Each row is a model of its own: the outcome on NQP, the lever and their product, controls and two-way effects; the estimate is the change "
            f"of NQP's effect per SD of the lever, its {level} interval (clustered errors) below it, the proxy below the lever; stars go by the adjusted p. p: WCR31 ({v['draws']:,} draws, seed {v['seed']}); adjusted: step-down min-p (Westfall–Young) over the "
            f"{v['tests']} tests, which share one set of province weights. The verdict goes by the adjusted p at 5%. Detectable: the smallest effect that "
            f"a single 5% test finds with probability {power}, simulated from the residual paths of this panel's provinces with random signs. "
            f"A lever with more than {v['missing']:.0%} of its cells missing counts as not testable.")  # fmt: skip


def _power(v: dict[str, Any], zh: bool, study: Study) -> str:
    power = f"{v['power']:.0%}"
    if zh:
        return (f"可检出值：5%水平的检验以{power}的概率可发现的最小效应。模拟结果为效应加上各省残差路径（刀切调整、整省随机变号，{v['draws']:,}次，种子{v['seed']}），"
                f"临界值亦由模拟给出；a × b要求a与b均显著，取二者距零的标准误倍数相同的一对。")  # fmt: skip
    return (f"Detectable: the smallest effect that a 5% test finds with probability {power}. Simulated outcomes are the effect plus the residual paths of "
            f"whole provinces, jackknife-transformed, with random signs ({v['draws']:,} draws, seed {v['seed']}); the critical value is the simulated one. For a × b "
            f"both a and b must be found; the pair taken is the one in which both are equally many errors from zero.")  # fmt: skip


def _detectable(v: dict[str, Any], zh: bool, study: Study) -> str:
    power = f"{v['power']:.0%}"
    if zh:
        return f"可检出的a × b：5%水平的联合检验以{power}的概率可发现的最小间接效应（按本面板各省残差路径模拟，{v['draws']:,}次；取a与b距零的标准误倍数相同的一对）。"
    return (f"Detectable a × b: the smallest one that a joint 5% test of a and b finds with probability {power}, simulated from the provinces' own "
            f"residual paths ({v['draws']:,} draws; the pair a, b that are equally many errors from zero).")  # fmt: skip


LEVER_NOTES: dict[str, Callable[[dict[str, Any], bool, Study], str]] = {
    "moderation": _moderation,
    "moderated_mediation": _moderated_mediation,
    "lever_timing": _timing,
    "levers": _levers,
    "power": _power,
    "detectable": _detectable,
}
