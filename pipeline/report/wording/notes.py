"""Every fixed sentence under tables, in both languages."""

from typing import Any

from pipeline.panel.provinces import BY_CODE
from pipeline.panel.result import Note
from pipeline.report.wording.distribution_notes import DISTRIBUTION_NOTES
from pipeline.report.wording.laboratory_notes import LABORATORY_NOTES
from pipeline.report.wording.lever_notes import LEVER_NOTES
from pipeline.report.wording.words import word
from pipeline.study import Study

_METHODS = {
    "linear": ("linear", "线性插值"),
    "trend": ("ratio to the national trend", "全国趋势比例法"),
    "kalman": ("Kalman smoother", "卡尔曼平滑"),
    "multiple": ("multiple imputation", "多重插补"),
}


def _province(code: int, language: str) -> str:
    return BY_CODE[code].zh if language == "zh" else BY_CODE[code].en


def note_text(note: Note, language: str, study: Study) -> str:
    """The sentence that a note becomes under a table. Empty for notes that are printed elsewhere."""
    zh = language == "zh"
    v: dict[str, Any] = note.values
    if note.code in DISTRIBUTION_NOTES:
        return DISTRIBUTION_NOTES[note.code](v, zh, study)
    if note.code in LABORATORY_NOTES:
        return LABORATORY_NOTES[note.code](v, zh, study)
    if note.code in LEVER_NOTES:
        return LEVER_NOTES[note.code](v, zh, study)
    match note.code:
        case "crv1":
            several = len(v["clusters"]) > 1
            clusters = (
                f"{v['clusters'][0]}–{v['clusters'][-1]}" if several else str(v["clusters"][0])
            )
            df = "G−1" if several else str(v["clusters"][0] - 1)
            printed = v.get("printed", True)
            if zh:
                opening = "括号内为省份层面聚类稳健标准误" if printed else "标准误聚类到省份"
                return (
                    f"{opening}（CRV1，聚类数G = {clusters}），自由度调整为"
                    f"G/(G−1)×(N−1)/(N−K)，K不计嵌套于聚类的省份效应，与Stata的xtreg, fe（无单例时亦与reghdfe）一致；"
                    f"p值与区间采用t({df})分布。"
                )
            return (
                f"Standard errors{' in parentheses' if printed else ''} are clustered by province (CRV1, G = {clusters} clusters) with the factor "
                f"G/(G−1) × (N−1)/(N−K), province effects nested in clusters not counted in K, as Stata's xtreg, fe "
                f"and, without singletons, reghdfe report them; p-values and intervals from t({df})."
            )
        case "stars":
            return (
                "***、**、*分别表示在1%、5%、10%水平上显著。"
                if zh
                else "*** p < 0.01, ** p < 0.05, * p < 0.10."
            )
        case "r2":
            return (
                "R²（组内）为剔除固定效应后的拟合优度，R²（整体）计入固定效应。"
                if zh
                else "R² (within) is net of the absorbed effects, R² (overall) counts them."
            )
        case "few_clusters":
            n = v["clusters"]
            return (
                f"有的列仅有{n}个聚类：聚类稳健标准误在聚类很少时偏小，宜谨慎解读。"
                if zh
                else f"As few as {n} clusters: clustered errors are too small with so few, read those columns with care."
            )
        case "bootstrap":
            level = f"{v['level']:.0%}"
            extra = (" and of the direct effect", "与直接效应")[zh] if v.get("direct") else ""
            dropped = v["dropped"]
            if zh:
                text = (
                    f"a×b的{level}区间为省份整群自助法百分位区间（{v['draws']:,}次抽样，种子{v['seed']}）"
                    + (f"，a × b{extra}括号内为自助法标准误" if v.get("printed", True) else "")
                )
                return text + (f"；{dropped}次抽样因共线被舍弃。" if dropped else "。")
            text = (
                f"The {level} interval of a × b is the percentile interval of a pairs bootstrap of whole provinces "
                f"({v['draws']:,} draws, seed {v['seed']})"
                + (
                    f"; the error of a × b{extra} is the bootstrap's"
                    if v.get("printed", True)
                    else ""
                )
            )
            return text + (f"; {dropped} collinear draws were dropped." if dropped else ".")
        case "bootstrap_only":
            level = f"{v['level']:.0%}"
            lost = v["dropped"]
            if zh:
                inside = "，括号内为自助法标准误" if v.get("errors") else ""
                text = f"{level}区间为省份整群自助法百分位区间（{v['draws']:,}次抽样，种子{v['seed']}）{inside}"
                return text + (f"；{lost}次抽样因共线被舍弃。" if lost else "。")
            text = (
                f"{level} intervals are percentile intervals of a pairs bootstrap of whole provinces ({v['draws']:,} draws, "
                f"seed {v['seed']})"
                + ("; errors in parentheses are the bootstrap's" if v.get("errors") else "")
            )
            return text + (f"; {lost} collinear draws were dropped." if lost else ".")
        case "not_causal":
            if zh:
                return (
                    "每列为单独的模型，各列占比不可相加。结论：a×b的区间含零为“无充分证据”，不含零且与直接效应同号为“传导”、异号为“遮掩”；总效应不异于零时不报告占比。"
                    "此为相关性分解：把b解读为效应需要M不受其他混杂影响，本表不作因果解释。"
                )
            return (
                "Each column is a model of its own, so the shares do not add up; a × b differs from zero only if both a and b do, hence the larger p. Reading: “no evidence” where the interval "
                "of a × b includes 0; else “transmits” where it has the sign of the direct effect, “suppresses” "
                "where it opposes it. The share is left out where the total may be zero. A decomposition of associations: reading b as an effect needs M free of other "
                "confounders, which is not claimed."
            )
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
            shown = [
                f"({i}) {study.label(t, language)}" for i, t in enumerate(v["treatments"], start=1)
            ]
            return (
                f"各列的核心解释变量：{'、'.join(shown)}。"
                if zh
                else f"The first row is each column's own treatment: {', '.join(shown)}."
            )
        case "missing":
            shown = [f"{study.label(k, language)} ({n})" for k, n in v["cells"].items()]
            return (
                f"因原始数据缺失或被剔除而未进入模型的单元格：{'、'.join(shown)}。"
                if zh
                else f"Cells missing or left out in the source, and so absent from the models: {', '.join(shown)}."
            )
        case "wild":
            return (
                f"wild自助法p值来自施加原假设的WCR11（{v['draws']:,}次Rademacher抽样）。"
                if zh
                else f"Wild bootstrap p-values impose the null (WCR11, {v['draws']:,} Rademacher draws)."
            )
        case "evidence":
            cited = [
                f"{study.label(k, language)}: {t['zh' if zh else 'en']}"
                for k, t in v["cited"].items()
            ]
            return (
                "M→城乡融合的依据：" + word("semicolon", language).join(cited) + "。"
                if zh
                else "Evidence for M → URI: " + word("semicolon", language).join(cited) + "."
            )
        case "gelbach":
            return (
                "b来自包含全部机制变量的方程；总效应减直接效应恰为各a × b之和，与进入次序无关（Gelbach分解）。相关系数为各间接效应自助抽样之间的相关。"
                if zh
                else "b comes from the outcome equation with all mechanisms; total minus direct is exactly the sum of the a × b, "
                "whatever the order of entry (Gelbach). Correlations are those of the indirect effects' bootstrap draws."
            )
        case "chain":
            return (
                "每列为新质生产力→第一机制→第二机制→城乡融合；各路径与直接效应之和为总效应。"
                if zh
                else "Each column is NQP → first → second → URI; the paths and the direct effect add up to the total."
            )
        case "not_causal_short":
            return (
                "此为相关性分解，不作因果解释。"
                if zh
                else "A decomposition of associations, not a causal claim."
            )
        case "sensitivity":
            bench = study.label(v["benchmark"], language)
            if zh:
                return (
                    f"ρ为机制与结果两方程误差的相关系数。稳健值：混杂因素须与解释变量和结果同时具有的偏R²，方可使估计值归零。"
                    f"基准控制变量：{bench}；所用t值为经典标准误。Oster δ取R²max = min(1, {v['r2_max']:g} × R²)，R²为剔除固定效应后的值，δ为负表示加入控制变量使估计值远离零；空白表示不存在如此强的混杂。"
                    f"前几列为b，末列为新质生产力的总效应。"
                )
            return (
                f"ρ is the correlation of the errors of the mechanism and the outcome equation. Robustness value: the "
                f"partial R² with both regressor and outcome that a confounder needs to bring the estimate to zero. "
                f"Benchmark: {bench}; t-values with classical errors, as the sources define them. Oster's δ with "
                f"R²max = min(1, {v['r2_max']:g} × R²), R² net of the effects; a negative δ means that controls move the estimate away from zero. Blank: no confounder can be so strong. The columns of mechanisms refer to b, the last to the total effect."
            )
        case "few_cluster_methods":
            if zh:
                return (
                    f"CRV3为整省刀切法；WCR11与WCR31为施加原假设的wild聚类自助法（{v['weights'].capitalize()}权重，{v['draws']:,}次，种子{v['seed']}），"
                    f"区间由检验反演得到（取估计值所在的一段，段外亦可能有不被拒绝的值；∞表示无界）；路径置换将整省的新质生产力轨迹在省际间置换（{v['permutations']:,}次），仅用于平衡面板。"
                )
            return (
                f"CRV3 is the jackknife over provinces. WCR11 and WCR31: wild cluster bootstrap with the null imposed "
                f"({v['weights'].capitalize()} weights, {v['draws']:,} draws, seed {v['seed']}), ties counted, interval by inversion (the stretch around the estimate; values beyond it may also be accepted; ∞: no bound). "
                f"Permuted paths: whole NQP paths exchanged between provinces ({v['permutations']:,} draws), on balanced "
                f"panels only."
            )
        case "multiple":
            return (
                f"{v['tests']}个检验共用同一组wild聚类权重（{v['draws']:,}次，种子{v['seed']}，施加原假设）；Romano–Wolf与Westfall–Young控制族错误率（FWER），"
                f"Benjamini–Hochberg控制错误发现率。"
                if zh
                else f"The {v['tests']} tests share one set of wild cluster weights ({v['draws']:,} draws, seed {v['seed']}, null "
                f"imposed). Romano–Wolf and Westfall–Young control the family-wise error, Benjamini–Hochberg the false "
                f"discovery rate."
            )
        case "index_uncertainty":
            lost = v["dropped"]
            if zh:
                return f"两种区间采用同样的{v['draws']:,}次整省自助抽样（种子{v['seed']}，舍弃{lost}次）；权重重算指在每次抽样内重新计算极差与权重，指数的量纲也随之变化，故比值小于1并不意味着更确定。"
            return (
                f"Both intervals use the same {v['draws']:,} draws of whole provinces (seed {v['seed']}, {lost} dropped); "
                f"rebuilt: ranges and weights of the indices are computed "
                f"anew inside every draw, which also rescales the index, so that a ratio below 1 is no gain in certainty."
            )
        case "curve":
            return ""
        case "weights":
            values = {
                "minmax": ("min-max values", "极差标准化"),
                "zscore": ("z-scores", "Z值标准化"),
                "rank": ("ranks", "秩标准化"),
            }[v["normalise"]]
            mean = v["period"] in ("per_year", "expanding")
            if zh:
                return (
                    f"考虑方向的{values[1]}（{v['cells']}个省份—年份单元）；主成分权重取载荷绝对值；平移量{v['shift']:g}。"
                    + (f"熵的常数为1/ln({v['cells']})。" if v["entropies"] else "")
                    + ("本指数的权重逐年变化，表中为各年均值。" if mean else "")
                    + "合并权重使用全部年份的信息。"
                )
            return (
                f"Direction-aware {values[0]} of {v['cells']} province-years; shift {v['shift']:g}; PCA weights use absolute loadings."
                + (f" The entropy constant is 1/ln({v['cells']})." if v["entropies"] else "")
                + (
                    " The index's own weights change over the years; their means are shown."
                    if mean
                    else ""
                )
                + " Pooled weights use all years, later ones too."
            )
        case "recovery":
            if zh:
                return (
                    f"{v['of']}个参数中{v['covered']}个的{v['level']:.0%}区间覆盖真值。总效应、a、b与a×b来自正文各表的模型与抽样（a × b为百分位区间，其余为t区间），"
                    f"直接效应来自包含全部机制变量的模型。"
                )
            return (
                f"{v['covered']} of {v['of']} {v['level']:.0%} intervals hold the true value. Totals, a, b and a × b "
                f"come from the models and draws of the tables, the direct effect from the model with all mechanisms; "
                f"percentile intervals for a × b, t intervals elsewhere."
            )
        case "filled":
            methods = {f.variable: f.method for f in study.fills}
            shown = [
                f"{study.label(k, language)} {_province(c, language)} {y} ({_METHODS[methods[k]][zh]})"
                for k, cells in sorted(v["cells"].items())
                for c, y in cells
            ]
            listed = ("、" if zh else ", ").join(shown[:6])
            more = len(shown) - 6
            if zh:
                return f"按设定插补的单元格（共{len(shown)}个）：{listed}" + (
                    "等。" if more > 0 else "。"
                )
            return f"Filled cells, as the spec declares ({len(shown)}): {listed}" + (
                f" and {more} more." if more > 0 else "."
            )
        case "without_filled":
            if v["estimate"] is None:
                return (
                    "剔除含插补单元格的观测后无法估计核心系数。"
                    if zh
                    else "Without the observations that hold filled cells the headline cannot be estimated."
                )
            if zh:
                return (
                    f"不作任何插补时（少{v['dropped']}个观测），核心系数为{v['estimate']:.4f}（标准误{v['se']:.4f}，N={v['n']}），"
                    f"含插补时为{v['with']:.4f}。"
                )
            return (
                f"Without any filling ({v['dropped']} observations fewer) the headline coefficient is {v['estimate']:.4f} "
                f"(SE {v['se']:.4f}, N = {v['n']}), with them {v['with']:.4f}."
            )
        case "imputed_mean":
            if zh:
                return f"多重插补的缺失单元格在本表中取{v['imputations']}次插补的均值；本表的区间与检验未计入插补的不确定性。"
            return (
                f"Cells filled by multiple imputation enter this table as the mean of {v['imputations']} draws; its intervals and tests do not "
                f"carry the imputation's uncertainty."
            )
        case "imputed":
            if zh:
                return (
                    f"估计值按Rubin规则合并自{v['imputations']}个插补面板；t检验与区间采用Barnard-Rubin自由度；其他区间按插补方差加宽，"
                    f"自助法与置换检验的p值取各面板中位数。"
                )
            return (
                f"Estimates are pooled over {v['imputations']} imputed panels by Rubin's rules, t tests and intervals with "
                f"Barnard-Rubin degrees of freedom; other intervals are widened by the imputation variance, bootstrap and "
                f"permutation p-values are the median over the panels."
            )
        case "synthetic":
            return word("synthetic", language)
    raise KeyError(f"no wording for the note {note.code}")
