"""Every fixed sentence of tables and reports, in both languages."""

from typing import Any

from pipeline.panel.provinces import BY_CODE
from pipeline.panel.result import Note
from pipeline.report.numbers import decimal, p_value
from pipeline.study import Study

WORDS: dict[str, tuple[str, str]] = {
    "yes": ("Yes", "是"), "no": ("No", "否"), "controls": ("Controls", "控制变量"),
    "province_effects": ("Province effects", "省份固定效应"), "year_effects": ("Year effects", "年份固定效应"),
    "n": ("Observations", "观测值"), "provinces": ("Provinces", "省份数"), "years": ("Years", "年份"),
    "r2_within": ("R² (within)", "R²（组内）"), "r2": ("R² (overall)", "R²（整体）"),
    "outcome_mean": ("Mean of outcome", "被解释变量均值"), "constant": ("Constant", "常数项"),
    "outcome": ("Outcome", "被解释变量"), "variable": ("Variable", "变量"), "mean": ("Mean", "均值"),
    "sd": ("SD", "标准差"), "between": ("SD between", "组间标准差"), "within": ("SD within", "组内标准差"),
    "min": ("Min", "最小值"), "median": ("Median", "中位数"), "max": ("Max", "最大值"), "unit": ("Unit", "单位"),
    "mechanism": ("Mechanism M", "机制变量M"), "direct": ("Direct: NQP given M", "直接效应"),
    "a": ("a: NQP → M", "a：新质生产力→M"), "b": ("b: M → URI, given NQP", "b：M→城乡融合（控制新质生产力）"),
    "indirect": ("Indirect: a × b", "间接效应：a×b"), "total": ("Total: NQP → URI", "总效应"),
    "interval": ("{level} interval", "{level}置信区间"), "share": ("Share of total", "间接效应占比"),
    "joint_p": ("p of a and b jointly", "a、b联合显著性p值"), "pattern": ("Reading", "结论"),
    "transmission": ("transmits", "传导"), "suppression": ("suppresses", "遮掩"), "none": ("no evidence", "无证据"),
    "first_step": ("First step: NQP → M", "第一步：新质生产力→机制变量"),
    "second_step": ("Second step: outcome on M and NQP", "第二步：机制变量与新质生产力→结果"),
    "effects": ("Effects", "效应分解"), "equality": ("Equal slopes (p)", "组间系数相等（p值）"),
    "estimate": ("Estimate", "估计值"), "truth": ("True value", "真值"), "z": ("Difference / SE", "偏差/标准误"),
    "covered": ("Inside interval", "区间覆盖真值"), "quantity": ("Quantity", "参数"),
    "low": ("Lower", "下限"), "high": ("Upper", "上限"), "indicator": ("Indicator", "指标"),
    "direction": ("Direction", "方向"), "entropy": ("Entropy weight", "熵权"), "equal": ("Equal weight", "等权重"),
    "pca": ("PCA weight", "主成分权重"), "entropies": ("Entropy", "信息熵"), "index": ("Index", "指数"),
    "density": ("Density", "密度"), "year": ("Year", "年份"), "east": ("East", "东部"),
    "central": ("Centre", "中部"), "west": ("West", "西部"), "northeast": ("North-east", "东北"),
    "coefficient": ("Coefficient of NQP and its {level} interval", "新质生产力系数及{level}置信区间"),
    "effect_axis": ("Estimate and its {level} interval", "估计值及{level}置信区间"),
    "synthetic": ("Synthetic data: drawn from a declared process, not real statistics.",
                  "合成数据：由声明的数据生成过程生成，并非真实统计数据。"),
    "path_key": ("Solid: differs from zero at 5%; dashed: does not. Blue: positive; red: negative. One model a mechanism.",
                 "实线：在5%水平上异于零；虚线：不显著。蓝色为正，红色为负。各机制分别建模。"),
    "colon": (": ", "："), "comma": (", ", "、"),
    "figure": ("Figure", "图"), "table": ("Table", "表"),
}  # fmt: skip


def word(key: str, language: str) -> str:
    """A fixed word or sentence."""
    return WORDS[key][language == "zh"]


def _province(code: int, language: str) -> str:
    return BY_CODE[code].zh if language == "zh" else BY_CODE[code].en


def note_text(note: Note, language: str, study: Study) -> str:
    """The sentence that a note becomes under a table. Empty for notes that are printed elsewhere."""
    zh = language == "zh"
    v: dict[str, Any] = note.values
    match note.code:
        case "crv1":
            several = len(v["clusters"]) > 1
            clusters = f"{v['clusters'][0]}–{v['clusters'][-1]}" if several else str(v["clusters"][0])
            df = "G−1" if several else str(v["clusters"][0] - 1)
            if zh:
                return (f"括号内为省份层面聚类稳健标准误（CRV1，聚类数G = {clusters}），自由度调整为"
                        f"G/(G−1)×(N−1)/(N−K)，K不计嵌套于聚类的省份效应，与Stata的xtreg, fe（无单例时亦与reghdfe）一致；"
                        f"p值与区间采用t({df})分布。")  # fmt: skip
            return (f"Standard errors in parentheses are clustered by province (CRV1, G = {clusters} clusters) with the factor "
                    f"G/(G−1) × (N−1)/(N−K), province effects nested in clusters not counted in K, as Stata's xtreg, fe "
                    f"and, without singletons, reghdfe report them; p-values and intervals from t({df}).")  # fmt: skip
        case "stars":
            return "***、**、*分别表示在1%、5%、10%水平上显著。" if zh else "*** p < 0.01, ** p < 0.05, * p < 0.10."
        case "r2":
            return ("R²（组内）为剔除固定效应后的拟合优度，R²（整体）计入固定效应。" if zh else
                    "R² (within) is net of the absorbed effects, R² (overall) counts them.")  # fmt: skip
        case "few_clusters":
            n = v["clusters"]
            return (f"有的列仅有{n}个聚类：聚类稳健标准误在聚类很少时偏小，宜谨慎解读。" if zh else
                    f"As few as {n} clusters: clustered errors are too small with so few, read those columns with care.")  # fmt: skip
        case "bootstrap":
            level = f"{v['level']:.0%}"
            dropped = v["dropped"]
            if zh:
                text = (f"a×b的{level}区间为省份整群自助法百分位区间（{v['draws']:,}次抽样，种子{v['seed']}），"
                        f"其括号内为自助法标准误")  # fmt: skip
                return text + (f"；{dropped}次抽样因共线被舍弃。" if dropped else "。")
            text = (f"The {level} interval of a × b is the percentile interval of a pairs bootstrap of whole provinces "
                    f"({v['draws']:,} draws, seed {v['seed']}); its standard error is the bootstrap's")  # fmt: skip
            return text + (f"; {dropped} collinear draws were dropped." if dropped else ".")
        case "not_causal":
            if zh:
                return ("每列为单独的模型，各列占比不可相加。结论：a×b的区间含零为“无证据”，不含零且与直接效应同号为“传导”、异号为“遮掩”；总效应不异于零时不报告占比。"
                        "此为相关性分解：把b解读为效应需要M不受其他混杂影响，本表不作因果解释。")  # fmt: skip
            return ("Each column is a model of its own, so the shares do not add up. Reading: “no evidence” where the interval "
                    "of a × b includes 0; else “transmits” where it has the sign of the direct effect, “suppresses” "
                    "where it opposes it. The share is left out where the total may be zero. A decomposition of associations: reading b as an effect needs M free of other "
                    "confounders, which is not claimed.")  # fmt: skip
        case "aligned":
            shown = [f"({i}) {study.label(t, language)}" for i, t in enumerate(v["treatments"], start=1)]
            return (f"各列的核心解释变量：{'、'.join(shown)}。" if zh else
                    f"The first row is each column's own treatment: {', '.join(shown)}.")  # fmt: skip
        case "missing":
            shown = [f"{study.label(k, language)} ({n})" for k, n in v["cells"].items()]
            return (f"因原始数据缺失或被剔除而未进入模型的单元格：{'、'.join(shown)}。" if zh else
                    f"Cells missing or left out in the source, and so absent from the models: {', '.join(shown)}.")  # fmt: skip
        case "equality":
            f, p = decimal(v["f"], 2), p_value(v["p"])
            eq = p if p.startswith("<") else f"= {p}"
            if zh:
                return (f"组间系数相等的Wald检验（各列自身的聚类方差，分母自由度取最小组）："
                        f"F({v['df1']}, {v['df2']}) = {f},p {eq}。")  # fmt: skip
            return (f"Wald test of equal coefficients of NQP, from the columns' own clustered variances, denominator degrees "
                    f"of freedom of the smallest group: F({v['df1']}, {v['df2']}) = {f}, p {eq}.")  # fmt: skip
        case "weights":
            if zh:
                return (f"极差标准化（考虑方向）后，在{v['cells']}个省份—年份单元上合并计算；主成分权重取载荷绝对值；熵的常数为1/ln({v['cells']})，"
                        f"平移量{v['shift']:g}。合并权重使用全部年份的信息。")  # fmt: skip
            return (f"Direction-aware min-max values pooled over {v['cells']} province-years; the entropy constant is "
                    f"1/ln({v['cells']}), shift {v['shift']:g}; PCA weights use absolute loadings. Pooled weights use all years, later ones too.")  # fmt: skip
        case "recovery":
            if zh:
                return (f"{v['of']}个参数中{v['covered']}个的{v['level']:.0%}区间覆盖真值。总效应、a、b与a×b来自正文各表的模型与抽样（a × b为百分位区间，其余为t区间），"
                        f"直接效应来自包含全部机制变量的模型。")  # fmt: skip
            return (f"{v['covered']} of {v['of']} {v['level']:.0%} intervals hold the true value. Totals, a, b and a × b "
                    f"come from the models and draws of the tables, the direct effect from the model with all mechanisms; "
                    f"percentile intervals for a × b, t intervals elsewhere.")  # fmt: skip
        case "filled":
            methods = {f.variable: f.method for f in study.fills}
            shown = [f"{study.label(k, language)} {_province(c, language)} {y} ({methods[k]})"
                     for k, cells in sorted(v["cells"].items()) for c, y in cells]  # fmt: skip
            listed = ("、" if zh else ", ").join(shown[:6])
            more = len(shown) - 6
            if zh:
                return f"按设定插补的单元格：{listed}" + (f"等{len(shown)}个。" if more > 0 else "。")
            return f"Filled cells, as the spec declares: {listed}" + (f" and {more} more." if more > 0 else ".")
        case "synthetic":
            return word("synthetic", language)
    raise KeyError(f"no wording for the note {note.code}")
