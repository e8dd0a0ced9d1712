"""Sentences under the tables of the index laboratory."""

from collections.abc import Callable
from typing import Any

from pipeline.report.numbers import decimal
from pipeline.study import Study
from pipeline.study.schema import IndexSpec
from pipeline.study.study import variant_label

_PERIODS = {
    "pooled": ("over all years", "合并全部年份"),
    "per_year": ("in each year", "逐年"),
    "base_year": ("in the base year", "基年"),
    "expanding": ("over the years up to each", "截至当年"),
}
_NORMALISED = {
    "minmax": ("min-max values", "极差标准化"),
    "zscore": ("z-scores", "Z值标准化"),
    "rank": ("ranks", "秩标准化"),
}
_AGGREGATED = {
    "linear": ("a weighted sum", "加权求和"),
    "geometric": ("a weighted geometric mean", "加权几何平均"),
    "topsis": ("TOPSIS", "TOPSIS"),
}


def index_in_words(spec: IndexSpec, language: str) -> str:
    """How an index is made: normalisation, weights, period, aggregation."""
    zh = language == "zh"
    parts = [
        _NORMALISED[spec.normalise][zh],
        f"{variant_label(spec.weights, language)}{'' if zh else ' '}{_PERIODS[spec.period][zh]}",
        _AGGREGATED[spec.aggregate][zh],
    ]
    return ("、" if zh else ", ").join(parts)


def _files(study: Study) -> str:
    return "; ".join(f"{x.name} = {x.file}" for x in study.spec.sources)


def _system(v: dict[str, Any], zh: bool, study: Study) -> str:
    level = f"{v['level']:.0%}"
    reference = f"{v['reference'][0]}–{v['reference'][1]}" if v["reference"] else None
    weights = variant_label(v["weights"], "zh" if zh else "en")
    if zh:
        return (
            f"{_NORMALISED[v['normalise']][1]}（考虑方向{f'，参照期{reference}' if reference else ''}），权重：{weights}（{_PERIODS[v['period']][1]}，{v['cells']}个单元格，平移量{v['shift']:g}），"
            f"{_AGGREGATED[v['aggregate']][1]}。权重的{level}区间：整省有放回抽样{v['draws']:,}次后重新标准化与赋权（舍弃{v['dropped']}次，种子{v['seed']}）。来源：{_files(study)}。"
        )
    return (
        f"Direction-aware {_NORMALISED[v['normalise']][0]}{f' on the range of {reference}' if reference else ''}; {weights} {_PERIODS[v['period']][0]} ({v['cells']} cells, shift "
        f"{v['shift']:g}); {_AGGREGATED[v['aggregate']][0]}. {level} intervals of the weights: whole provinces drawn again {v['draws']:,} times, normalised and weighed anew "
        f"({v['dropped']} dropped, seed {v['seed']}). Sources: {_files(study)}."
    )


def _ranks(v: dict[str, Any], zh: bool, study: Study) -> str:
    if v["first"] is None:
        return f"按{v['last']}年位次排列。" if zh else f"In the order of {v['last']}."
    tau = decimal(v["kendall"], 3)
    if zh:
        return f"按{v['last']}年位次排列；“位次变动”为正表示较{v['first']}年上升。两年得分的Kendall τ = {tau}。"
    return f"In the order of {v['last']}; places gained since {v['first']} are positive. Kendall's τ of the two years' scores: {tau}."


def _alternatives(v: dict[str, Any], zh: bool, study: Study) -> str:
    if zh:
        return (
            f"相关系数为各方案得分与本指数在全部单元格上的秩相关；位次移动为{v['year']}年相对本指数。系数：以该方案替换本指数后基准模型的标准化系数（结果标准差／新质生产力标准差），"
            "标准误聚类到省份（CRV1）。除另设参照期外，各方案的极差取自全部年份；递推权重在末年即为合并权重，故位次不变。"
        )
    return (
        f"Rank correlations with the index over all cells; places moved against the index in {v['year']}. Coefficient: the headline model with the alternative in the index's place, in SD of the outcome "
        "per SD of the treatment, errors clustered by province (CRV1). Ranges are those of all years unless a reference period is declared; in the last year the weights of the years so far are the pooled ones, so that no province moves."
    )


def _diagnosis(v: dict[str, Any], zh: bool, study: Study) -> str:
    if zh:
        text = "贡献度：指标加权值占得分的比重；"
        return text + (
            f"障碍度：指标加权缺口占总缺口的比重；末列为{v['year']}年以该指标为首要障碍的省份数。均为各省平均。"
            if v["obstacles"]
            else "该标准化无最优值，故不计算障碍度。"
        )
    text = "Contribution: the indicator's share of the score"
    return text + (
        f"; obstacle: its share of the shortfall from the best; last column: provinces whose largest obstacle it is in {v['year']}. Means over provinces."
        if v["obstacles"]
        else ". Without a best value there is no obstacle degree."
    )


def _look_ahead(v: dict[str, Any], zh: bool, study: Study) -> str:
    largest = decimal(v["largest"], 3)
    if zh:
        return (
            f"各列的标准化与权重只用所述年份：“合并”用全部年份，即包含未来信息；“基年”仅用{v['base_year']}年；“递推”用截至当年的年份（首年用前两年）；“逐年”只用当年；后两者的量纲逐年变化，各年得分不可比；“等权重”的极差取自全部年份。"
            f"处理变量与结果同时更换。极差不同则量纲不同，故以标准化系数（结果标准差／处理变量标准差）比较；与合并方案之差最大为{largest}。"
        )
    return (
        f"Normalisation and weights use the years named alone: pooled uses all, and so knows the future; base year {v['base_year']}; expanding the years up to each (the first year with the second); each year alone; the "
        f"units of these two change from year to year, so that scores of different years are not comparable; equal weights use ranges of all years. Treatment and outcome change together. Other ranges are other units: compare the coefficients in SD of the outcome per SD of the treatment, whose largest difference to the pooled column is {largest}."
    )


def _overlap(v: dict[str, Any], zh: bool, study: Study) -> str:
    language = "zh" if zh else "en"
    named = ("、" if zh else ", ").join(study.label(x, language) for x in v["several"])
    known = ("、" if zh else ", ").join(study.label(x, language) for x in v["acknowledged"])
    scales = ("、" if zh else ", ").join(study.label(x, language) for x in v["scales"])
    if zh:
        first = (
            f"† 进入多个部分的原始指标：{named}。" + (f"其中经声明的：{known}。" if known else "")
            if v["several"]
            else f"{v['raw']}个原始指标各只进入一个部分。"
        )
        return (
            first
            + f"下半部分为码本声明的规模变量（可作任何比率的分母），其进入多个部分不计为重叠，但同样可能造成机械相关：{scales}。"
        )
    first = (
        (
            f"† In more than one part: {named}."
            + (f" Acknowledged in the spec: {known}." if known else "")
        )
        if v["several"]
        else f"Each of the {v['raw']} raw indicators stands in one part."
    )
    return first + (
        f" Below: what the codebook declares as scales, which may divide anything and count as no overlap, but can tie two parts mechanically all the same: {scales}."
    )


def _spurious(v: dict[str, Any], zh: bool, study: Study) -> str:
    if zh:
        return (
            f"原假设下的模拟（{v['draws']:,}次，{v['provinces']}省×{v['years']}年，种子{v['seed']}）：各指标保留本省均值与年份均值，残差路径整省随机置换，处理变量、结果与共用指标三组各自独立置换，"
            "故除共用指标外二者无关；保留原有序列相关、离散程度与组内相关。拒绝率按聚类标准误（CRV1）5%检验。"
            "“另共用k个”：处理变量中权重最大的k个指标也进入结果。"
        )
    return (
        f"Simulated under the null ({v['draws']:,} panels, {v['provinces']} provinces × {v['years']} years, seed {v['seed']}): every indicator keeps its province and year means, whole residual paths are handed to other "
        "provinces, separately for the treatment's own, the outcome's own and the shared indicators, so that nothing else ties the two; serial dependence, spread and the correlation within a group stay. Rejections of a 5% "
        "test with clustered errors (CRV1). “k more”: the treatment's k indicators of largest weight stand in the outcome too."
    )


def _coordination(v: dict[str, Any], zh: bool, study: Study) -> str:
    return (
        "单元格为省份数；协调度D = √(C·T)，C为耦合度，T为各子系统均值；界值归入较高等级。"
        if zh
        else "Numbers of provinces. D = √(C × T), C the coupling degree, T the mean of the subsystems; a bound belongs to the upper class."
    )


LABORATORY_NOTES: dict[str, Callable[[dict[str, Any], bool, Study], str]] = {
    "index_system": _system,
    "ranks": _ranks,
    "alternatives": _alternatives,
    "diagnosis": _diagnosis,
    "look_ahead": _look_ahead,
    "overlap": _overlap,
    "spurious": _spurious,
    "coordination": _coordination,
}
