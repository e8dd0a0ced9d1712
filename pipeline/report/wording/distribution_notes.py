"""Sentences under the tables of distribution and dynamics: inequality, convergence, space, transitions."""

from collections.abc import Callable
from typing import Any

from pipeline.panel.provinces import BY_CODE
from pipeline.report.numbers import plain
from pipeline.report.wording.words import word
from pipeline.study import Study

_LISTED = 6


def _names(codes: list[int], zh: bool) -> str:
    return ("、" if zh else ", ").join(BY_CODE[c].zh if zh else BY_CODE[c].en for c in codes)


def _inequality(v: dict[str, Any], zh: bool, study: Study) -> str:
    outside = ("、" if zh else ", ").join(word(r, "zh" if zh else "en") for r in v["outside"])
    if zh:
        return (
            "各省等权。Dagum（1997）：总体基尼系数 = 组内 + 组间（净值）+ 超变密度（各组交叠部分）；泰尔指数T = 组间 + 组内。贡献率为各部分占总体的百分比。"
            "两组之间的基尼系数为两组各取一省的平均差距除以两组均值之和。"
            + (f"不属于任何组的地区未计入：{outside}。" if outside else "")
        )
    return (
        "Every province counts once. Dagum (1997): G = within + net between + transvariation, the part of the differences between groups that lies in their overlap; "
        "Theil's T = between + within, in nats. Shares are in per cent of the total. Gini between two groups: mean difference of a province of one and a province of "
        "the other over the sum of the two means."
        + (f" Regions in no group are left out: {outside}." if outside else "")
    )


def _convergence(v: dict[str, Any], zh: bool, study: Study) -> str:
    language = "zh" if zh else "en"
    first, last = v["years"]
    controls = ("、" if zh else ", ").join(study.label(c, language) for c in v["controls"])
    years, dropped = v["growth_years"], _names(v["dropped"], zh)
    if zh:
        return (
            f"σ收敛：{first}—{last}年各年均有取值的{v['provinces']}个省份的对数标准差与变异系数（除数n − 1）"
            + (f"，{dropped}因有缺失年份未计入" if dropped else "")
            + f"；趋势为最小二乘斜率，标准误为整省刀切法（CRV3），p值采用t({v['provinces'] - 1})分布。β收敛：ln(y_it/y_i,t−1)对ln y_i,t−1回归，标准误聚类到省份，"
            f"p值采用t({v['df']})分布"
            + (f"；控制变量（{controls}）取期初值" if controls else "")
            + f"。速度为每年−ln(1 + b)；半衰期为ln 2/速度，不收敛时空白。含省份效应且仅有{years}个增长年份时，b约偏低(1 + ρ)/(T − 1)（ρ为真实的1 + b，T为增长年数；Nickell，1981），"
            "收敛看似快于实际；不含省份效应时，若各省稳态不同则b偏高，二者构成上下界（Bond，2002）。"
        )
    return (
        f"Sigma: standard deviation of logs and coefficient of variation (divisor n − 1) over the {v['provinces']} provinces with a value in every year of {first}–{last}"
        + (f", so without {dropped}" if dropped else "")
        + f"; trends by least squares, their errors by the jackknife over provinces (CRV3), p from t({v['provinces'] - 1}). Beta: ln(y_it / y_i,t−1) on ln y_i,t−1, errors "
        f"clustered by province, p from t({v['df']})"
        + (f"; controls ({controls}) at the start of each year" if controls else "")
        + f". Speed: −ln(1 + b) a year; half-life: ln 2 / speed in years, blank without convergence. With province effects and only {years} years of growth, b is too low by about "
        "(1 + ρ) / (T − 1), ρ the true 1 + b and T the years of growth (Nickell 1981), so that convergence looks faster than it is; without province effects b is too high where provinces have steady "
        "states of their own; the two bracket it (Bond 2002)."
    )


def _moran(v: dict[str, Any], zh: bool, study: Study) -> str:
    n = v["provinces"]
    count = str(n[0]) if len(n) == 1 else f"{n[0]}–{n[-1]}"
    alone = ("；" if zh else "; ").join(
        f"{y}{'年' if zh else ' '}{_names(codes, zh)}" for y, codes in v["alone"].items()
    )
    if zh:
        return (
            "空间权重：省级行政区邻接矩阵（行标准化）"
            + ("，海南为岛屿，按惯例与广东相邻" if v["hainan"] else "")
            + f"；n = {count}。无空间自相关时I的期望为−1/(n − 1)，C的期望为1，C小于1表示邻省相近。z值采用随机化假设下的方差；p值与星号来自{v['draws']:,}次随机置换（种子{v['seed']}），"
            "双侧：取较小一侧的两倍，等值两侧均计入（GeoDa报告单侧值）。"
            + (f"以下省份无有值的邻省，权重为零：{alone}。" if alone else "")
        )
    return (
        "Weights: contiguity of provinces, row-standardised"
        + ("; Hainan, an island, counts as a neighbour of Guangdong" if v["hainan"] else "")
        + f"; n = {count}. Without spatial order E(I) = −1 / (n − 1) and E(C) = 1; C below 1 means that neighbours are alike. z: variance under randomisation. p and stars: {v['draws']:,} random "
        f"permutations (seed {v['seed']}), two-sided: twice the smaller tail, ties counted in both (GeoDa prints the one tail)."
        + (f" No neighbour has a value, so weights are zero: {alone}." if alone else "")
    )


def _markov(v: dict[str, Any], zh: bool, study: Study) -> str:
    cuts, lag_cuts = (
        ("、" if zh else ", ").join(plain(c) for c in v[k]) for k in ("cuts", "lag_cuts")
    )
    if zh:
        return (
            f"类型按全部省份—年份的{'相对值（除以当年各省均值）' if v['relative'] else '取值'}的分位数划分（分界点：{cuts}），转移为相邻两年之间；邻省类型按期初邻省均值的分位数划分"
            f"（分界点：{lag_cuts}；邻接矩阵行标准化"
            + ("，海南与广东相邻" if v["hainan"] else "")
            + "）。“–”：期初无省份处于该类型，或稳态分布不存在或不唯一。"
            "稳态分布假定转移概率不变。检验：似然比，自由度只计出现过的转移（Bickenbach和Bode，2003）；期望频数小时卡方近似较差。"
            + (f"{v['unlinked']}次转移因邻省无取值而未进入各邻省类型。" if v["unlinked"] else "")
        )
    return (
        f"Classes by quantiles of all province-years of the value{' over the mean of its year' if v['relative'] else ''} (cuts {cuts}); moves from one year to the next; class of the "
        f"neighbours by quantiles of their mean at the start (cuts {lag_cuts}; contiguity, row-standardised"
        + (", Hainan beside Guangdong" if v["hainan"] else "")
        + "). –: no move started in the class, or no single ergodic distribution, which is the long run if the probabilities stayed as they are. Test: likelihood ratio, "
        "df counting the moves that occurred (Bickenbach and Bode 2003); the chi-square is poor where few are expected."
        + (
            f" {v['unlinked']} moves have no neighbour with a value and are in no block of neighbours."
            if v["unlinked"]
            else ""
        )
    )


def _left_out(v: dict[str, Any], zh: bool, study: Study) -> str:
    by_years: dict[tuple[int, ...], list[int]] = {}
    for code in dict.fromkeys(c for c, _ in v["cells"]):
        by_years.setdefault(tuple(y for c, y in v["cells"] if c == code), []).append(code)
    shown = []
    for years, codes in by_years.items():
        every = len(codes) == len(study.provinces)
        who = ("各省" if zh else "all provinces") if every else _names(codes[:_LISTED], zh)
        if not every and len(codes) > _LISTED:
            who += f"等{len(codes)}省" if zh else f" and {len(codes) - _LISTED} more"
        shown.append(f"{who}{'' if zh else ' '}{_spans(years)}{'年' if zh else ''}")
    listed = ("；" if zh else "; ").join(shown[:_LISTED])
    if zh:
        return f"因缺失而未计入相应年份：{listed}" + ("等。" if len(shown) > _LISTED else "。")
    return f"Left out of years in which the value is missing: {listed}" + (
        " and more." if len(shown) > _LISTED else "."
    )


def _spans(years: tuple[int, ...]) -> str:
    """`2013–2015/2018` for 2013, 2014, 2015, 2018."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return "/".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


DISTRIBUTION_NOTES: dict[str, Callable[[dict[str, Any], bool, Study], str]] = {
    "inequality": _inequality,
    "convergence": _convergence,
    "moran": _moran,
    "markov": _markov,
    "cells_left_out": _left_out,
}
