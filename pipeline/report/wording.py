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
    "interval_percentile": ("{level} interval of a × b", "a × b的{level}区间"),
    "interval_bca": ("{level} interval, BCa", "{level}区间（BCa）"),
    "interval_studentised": ("{level} interval, studentised", "{level}区间（学生化）"),
    "wild_a": ("p of a, wild bootstrap", "a的wild自助法p值"), "wild_b": ("p of b, wild bootstrap", "b的wild自助法p值"),
    "wild_joint": ("Larger p, wild bootstrap", "wild自助法中较大的p值"), "sobel_p": ("p, Sobel", "Sobel检验p值"),
    "b_joint": ("b: M → URI, all M jointly", "b：M→城乡融合（全部机制同时进入）"),
    "zero_at": ("a × b = 0 at", "a × b = 0时"),
    "joint_b": ("p, all b = 0 (wild)", "全部b = 0的p值（wild）"),
    "together": ("All jointly", "全部机制"), "correlation": ("Correlation with a × b of {other}", "与{other}间接效应的相关"),
    "path_first": ("Through the first alone", "仅经第一机制"), "path_second": ("Through the second alone", "仅经第二机制"),
    "path_both": ("Through the chain", "经链式路径"), "path_direct": ("Direct", "直接效应"),
    "interval_first": ("{level} interval", "{level}区间"), "interval_second": ("{level} interval", "{level}区间"),
    "interval_both": ("{level} interval", "{level}区间"), "interval_direct": ("{level} interval", "{level}区间"),
    "rho_zero": ("ρ at which a × b = 0", "使a × b为零的ρ"), "interval_rho": ("{level} interval of ρ", "ρ的{level}区间"),
    "estimate_b": ("b; last column: total", "b；末列为总效应"), "partial_r2": ("Partial R² with the outcome", "与结果的偏R²"),
    "robustness_value": ("Robustness value", "稳健值（RV）"), "oster_delta": ("Oster's δ", "Oster δ"),
    "adjusted_1": ("Estimate, confounder = benchmark", "混杂与基准同强时的估计值"),
    "adjusted_3": ("Estimate, confounder = 3 × benchmark", "混杂为基准3倍时的估计值"),
    "coefficient": ("NQP", "新质生产力"), "crv1_p": ("p, CRV1", "p值（CRV1）"), "crv3_se": ("SE, CRV3", "标准误（CRV3）"),
    "crv3_p": ("p, CRV3", "p值（CRV3）"), "wcr11_p": ("p, wild (WCR11)", "p值（wild，WCR11）"),
    "interval_wild": ("{level} interval, wild", "{level}区间（wild）"), "wcr31_p": ("p, wild (WCR31)", "p值（wild，WCR31）"),
    "permutation_p": ("p, permuted paths", "p值（路径置换）"), "leave_one_out": ("Range, one province left out", "逐省剔除的范围"),
    "leave_one_out_low": ("Lowest (province left out)", "剔除该省后最小"), "leave_one_out_high": ("Highest (province left out)", "剔除该省后最大"),
    "romano_wolf": ("p, Romano–Wolf", "p值（Romano–Wolf）"), "westfall_young": ("p, Westfall–Young", "p值（Westfall–Young）"),
    "benjamini_hochberg": ("p, Benjamini–Hochberg", "p值（Benjamini–Hochberg）"),
    "indirect_or_total": ("Estimate (total, a × b)", "估计值（总效应、a × b）"),
    "interval_fixed": ("{level} interval, weights fixed", "{level}区间（权重固定）"),
    "interval_rebuilt": ("{level} interval, weights rebuilt", "{level}区间（权重重算）"),
    "wider": ("Ratio of widths", "宽度之比"), "models_sorted": ("Models, sorted by estimate", "模型（按估计值排序）"),
    "curve_axis": ("SD of outcome per SD of NQP", "标准化系数（标准差单位）"), "rho": ("ρ of the two errors", "两方程误差相关系数ρ"),
    "indirect_axis": ("a × b", "a × b"), "share": ("Share of total", "间接效应占比"),
    "joint_p": ("Larger p of a and b", "a、b中较大的p值"), "pattern": ("Reading", "结论"),
    "transmission": ("transmits", "传导"), "suppression": ("suppresses", "遮掩"), "none": ("no evidence", "无充分证据"),
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
    "coefficient_axis": ("Coefficient of NQP and its {level} interval", "新质生产力系数及{level}置信区间"),
    "effect_axis": ("Estimate and its {level} interval", "估计值及{level}置信区间"),
    "synthetic": ("Synthetic data: drawn from a declared process, not real statistics.",
                  "合成数据：按预设的数据生成过程生成，并非真实统计数据。"),
    "path_key": ("Solid: differs from zero at 5%; dashed: does not. Blue: positive; red: negative. One model a mechanism.",
                 "实线：在5%水平上异于零；虚线：不显著。蓝色为正，红色为负。各机制分别建模。"),
    "colon": (": ", "："), "comma": ("; ", "、"),
    "figure": ("Figure", "图"), "table": ("Table", "表"),
}  # fmt: skip


def word(key: str, language: str) -> str:
    """A fixed word or sentence."""
    return WORDS[key][language == "zh"]


_METHODS = {"linear": ("linear", "线性插值")}


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
            extra = (" and of the direct effect", "与直接效应")[zh] if v.get("direct") else ""
            dropped = v["dropped"]
            if zh:
                text = (f"a×b的{level}区间为省份整群自助法百分位区间（{v['draws']:,}次抽样，种子{v['seed']}），"
                        f"a × b{extra}括号内为自助法标准误")  # fmt: skip
                return text + (f"；{dropped}次抽样因共线被舍弃。" if dropped else "。")
            text = (f"The {level} interval of a × b is the percentile interval of a pairs bootstrap of whole provinces "
                    f"({v['draws']:,} draws, seed {v['seed']}); the error of a × b{extra} is the bootstrap's")  # fmt: skip
            return text + (f"; {dropped} collinear draws were dropped." if dropped else ".")
        case "bootstrap_only":
            level = f"{v['level']:.0%}"
            lost = v["dropped"]
            if zh:
                inside = "，括号内为自助法标准误" if v.get("errors") else ""
                text = f"{level}区间为省份整群自助法百分位区间（{v['draws']:,}次抽样，种子{v['seed']}）{inside}"
                return text + (f"；{lost}次抽样因共线被舍弃。" if lost else "。")
            text = (f"{level} intervals are percentile intervals of a pairs bootstrap of whole provinces ({v['draws']:,} draws, "
                    f"seed {v['seed']})" + ("; errors in parentheses are the bootstrap's" if v.get("errors") else ""))  # fmt: skip
            return text + (f"; {lost} collinear draws were dropped." if lost else ".")
        case "not_causal":
            if zh:
                return ("每列为单独的模型，各列占比不可相加。结论：a×b的区间含零为“无充分证据”，不含零且与直接效应同号为“传导”、异号为“遮掩”；总效应不异于零时不报告占比。"
                        "此为相关性分解：把b解读为效应需要M不受其他混杂影响，本表不作因果解释。")  # fmt: skip
            return ("Each column is a model of its own, so the shares do not add up; a × b differs from zero only if both a and b do, hence the larger p. Reading: “no evidence” where the interval "
                    "of a × b includes 0; else “transmits” where it has the sign of the direct effect, “suppresses” "
                    "where it opposes it. The share is left out where the total may be zero. A decomposition of associations: reading b as an effect needs M free of other "
                    "confounders, which is not claimed.")  # fmt: skip
        case "brackets":
            named = {"wcr11": "WCR11", "wcr31": "WCR31", "crv3": "CRV3"}[v["method"]]
            if v["method"] == "crv3":
                return (
                    "方括号内为整省刀切法（CRV3）的p值。"
                    if zh
                    else "In brackets: p-value with errors of the jackknife over provinces (CRV3)."
                )
            return (
                f"方括号内为wild聚类自助法p值（{named}，施加原假设，{v['draws']:,}次，种子{v['seed']}）。"
                if zh
                else f"In brackets: p-value of the wild cluster bootstrap ({named}, null imposed, {v['draws']:,} draws, seed {v['seed']})."
            )
        case "aligned":
            shown = [f"({i}) {study.label(t, language)}" for i, t in enumerate(v["treatments"], start=1)]
            return (f"各列的核心解释变量：{'、'.join(shown)}。" if zh else
                    f"The first row is each column's own treatment: {', '.join(shown)}.")  # fmt: skip
        case "missing":
            shown = [f"{study.label(k, language)} ({n})" for k, n in v["cells"].items()]
            return (f"因原始数据缺失或被剔除而未进入模型的单元格：{'、'.join(shown)}。" if zh else
                    f"Cells missing or left out in the source, and so absent from the models: {', '.join(shown)}.")  # fmt: skip
        case "wild":
            return (f"wild自助法p值来自施加原假设的WCR11（{v['draws']:,}次Rademacher抽样）。" if zh else
                    f"Wild bootstrap p-values impose the null (WCR11, {v['draws']:,} Rademacher draws).")  # fmt: skip
        case "evidence":
            cited = [f"{study.label(k, language)}: {t['zh' if zh else 'en']}" for k, t in v["cited"].items()]
            return (
                "M→城乡融合的依据：" + ";".join(cited) + "。"
                if zh
                else "Evidence for M → URI: " + "; ".join(cited) + "."
            )
        case "gelbach":
            return ("b来自包含全部机制变量的方程；总效应减直接效应恰为各a × b之和，与进入次序无关（Gelbach分解）。相关系数为各间接效应自助抽样之间的相关。" if zh else
                    "b comes from the outcome equation with all mechanisms; total minus direct is exactly the sum of the a × b, "
                    "whatever the order of entry (Gelbach). Correlations are those of the indirect effects' bootstrap draws.")  # fmt: skip
        case "chain":
            return (
                "每列为新质生产力→第一机制→第二机制→城乡融合；各路径与直接效应之和为总效应。"
                if zh
                else "Each column is NQP → first → second → URI; the paths and the direct effect add up to the total."
            )
        case "not_causal_short":
            return "此为相关性分解，不作因果解释。" if zh else "A decomposition of associations, not a causal claim."
        case "sensitivity":
            bench = study.label(v["benchmark"], language)
            if zh:
                return (f"ρ为机制与结果两方程误差的相关系数。稳健值：混杂因素须与解释变量和结果同时具有的偏R²，方可使估计值归零。"
                        f"基准控制变量：{bench}；所用t值为经典标准误。Oster δ取R²max = min(1, {v['r2_max']:g} × R²)，R²为剔除固定效应后的值，δ为负表示加入控制变量使估计值远离零；空白表示不存在如此强的混杂。"
                        f"前几列为b，末列为新质生产力的总效应。")  # fmt: skip
            return (f"ρ is the correlation of the errors of the mechanism and the outcome equation. Robustness value: the "
                    f"partial R² with both regressor and outcome that a confounder needs to bring the estimate to zero. "
                    f"Benchmark: {bench}; t-values with classical errors, as the sources define them. Oster's δ with "
                    f"R²max = min(1, {v['r2_max']:g} × R²), R² net of the effects; a negative δ means that controls move the estimate away from zero. Blank: no confounder can be so strong. The columns of mechanisms refer to b, the last to the total effect.")  # fmt: skip
        case "few_cluster_methods":
            if zh:
                return (f"CRV3为整省刀切法；WCR11与WCR31为施加原假设的wild聚类自助法（{v['weights'].capitalize()}权重，{v['draws']:,}次，种子{v['seed']}），"
                        f"区间由检验反演得到（取估计值所在的一段，段外亦可能有不被拒绝的值；∞表示无界）；路径置换将整省的新质生产力轨迹在省际间置换（{v['permutations']:,}次），仅用于平衡面板。")  # fmt: skip
            return (f"CRV3 is the jackknife over provinces. WCR11 and WCR31: wild cluster bootstrap with the null imposed "
                    f"({v['weights'].capitalize()} weights, {v['draws']:,} draws, seed {v['seed']}), ties counted, interval by inversion (the stretch around the estimate; values beyond it may also be accepted; ∞: no bound). "
                    f"Permuted paths: whole NQP paths exchanged between provinces ({v['permutations']:,} draws), on balanced "
                    f"panels only.")  # fmt: skip
        case "multiple":
            return (f"{v['tests']}个检验共用同一组wild聚类权重（{v['draws']:,}次，种子{v['seed']}，施加原假设）；Romano–Wolf与Westfall–Young控制族错误率（FWER），"
                    f"Benjamini–Hochberg控制错误发现率。" if zh else
                    f"The {v['tests']} tests share one set of wild cluster weights ({v['draws']:,} draws, seed {v['seed']}, null "
                    f"imposed). Romano–Wolf and Westfall–Young control the family-wise error, Benjamini–Hochberg the false "
                    f"discovery rate.")  # fmt: skip
        case "index_uncertainty":
            lost = v["dropped"]
            if zh:
                return f"两种区间采用同样的{v['draws']:,}次整省自助抽样（种子{v['seed']}，舍弃{lost}次）；权重重算指在每次抽样内重新计算极差与权重，指数的量纲也随之变化，故比值小于1并不意味着更确定。"
            return (f"Both intervals use the same {v['draws']:,} draws of whole provinces (seed {v['seed']}, {lost} dropped); "
                    f"rebuilt: ranges and weights of the indices are computed "
                    f"anew inside every draw, which also rescales the index, so that a ratio below 1 is no gain in certainty.")  # fmt: skip
        case "curve":
            return ""
        case "equality":
            f, p = decimal(v["f"], 2), p_value(v["p"])
            eq = p if p.startswith("<") else f"= {p}"
            if zh:
                return (f"组间系数相等的Wald检验（各列自身的聚类方差，分母自由度取最小组）："
                        f"F({v['df1']}, {v['df2']}) = {f}，p {eq}。")  # fmt: skip
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
            shown = [f"{study.label(k, language)} {_province(c, language)} {y} ({_METHODS[methods[k]][zh]})"
                     for k, cells in sorted(v["cells"].items()) for c, y in cells]  # fmt: skip
            listed = ("、" if zh else ", ").join(shown[:6])
            more = len(shown) - 6
            if zh:
                return f"按设定插补的单元格：{listed}" + (f"等{len(shown)}个。" if more > 0 else "。")
            return f"Filled cells, as the spec declares: {listed}" + (f" and {more} more." if more > 0 else ".")
        case "synthetic":
            return word("synthetic", language)
    raise KeyError(f"no wording for the note {note.code}")
