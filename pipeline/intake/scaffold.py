"""`make new-study`: a spec folder from a user's files, with the demo study as its pattern.

What the demo study derives, indexes and tabulates is kept where the files have what it is made from. What is left out is
said, variable by variable and table by table, with the headings that would bring it back.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.intake.offer import Offer
from pipeline.intake.propose import COLUMNS, Row
from pipeline.intake.run import show, survey_files, write_findings
from pipeline.panel.concepts import known_variables
from pipeline.panel.csv_text import csv_text
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study import Study, load_study, study_paths
from pipeline.study.artifact import write_text
from pipeline.study.paths import Paths

_PATTERN = "demo"


@dataclass
class Plan:
    """What of the pattern is kept for the variables there are."""

    pattern: Study
    rows: list[Row]
    years: tuple[int, int]
    derived: list[str] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    missing: dict[str, list[str]] = field(default_factory=dict)

    @property
    def raw(self) -> set[str]:
        """Variables that need no answer before they can be used."""
        return {r["variable"] for r in self.rows if not r["question"]}

    @property
    def levers(self) -> set[str]:
        """Levers whose proxy and whose arrow there are."""
        return {k for k, lever in self.pattern.levers.items()
                if lever.variable in self.known and (lever.moves == "direct" or lever.moves in self.known)}  # fmt: skip

    @property
    def known(self) -> set[str]:
        return self.raw | set(self.derived) | self.columns


def plan_study(pattern: Study, rows: list[Row], years: tuple[int, int]) -> Plan:
    """Which derived variables, indices and their columns the pattern's formulas allow."""
    plan = Plan(pattern, rows, years)
    for name in _order(pattern):
        if name in pattern.derived:
            lacking = sorted(pattern.formulas[name].names - plan.known)
            if lacking:
                plan.missing[name] = lacking
            else:
                plan.derived.append(name)
        elif name in pattern.indices:
            kept = {
                d: [i for i in spec.indicators if i in plan.known]
                for d, spec in pattern.indices[name].dimensions.items()
            }
            if any(kept.values()):
                plan.columns |= {name, *(f"{name}_{d}" for d, inside in kept.items() if inside),
                                 *(f"{name}_{v}" for v in pattern.indices[name].variants)}  # fmt: skip
            else:
                plan.missing[name] = sorted(pattern.indices[name].indicators())
    return plan


def _order(pattern: Study) -> list[str]:
    from graphlib import TopologicalSorter

    graph: dict[str, set[str]] = {n: set(pattern.formulas[n].names) for n in pattern.derived}
    graph |= {c: {i} for c, i in pattern.index_columns.items() if c != i}
    graph |= {n: set(spec.indicators()) for n, spec in pattern.indices.items()}
    return [n for n in TopologicalSorter(graph).static_order() if n in pattern.derived or n in pattern.indices]


def run(paths: Paths) -> None:
    """Write specs/<name>/ from the files in the data folder; refuses to touch a folder that is there."""
    if not paths.data.is_dir():
        raise _refused(f"{paths.data} is no folder", "the folder of your files", "make new-study NAME=mine DATA=folder")
    if paths.specs.exists():
        raise _refused(f"{paths.specs} exists", "a new name", "choose another NAME, or delete the folder")
    offered, rows, sources, findings = survey_files([paths.data], paths.data)
    provincial = [(o, r) for o, r in zip(offered.offers, rows, strict=True) if o.level == "province"]
    if not provincial:
        raise _refused(
            "no provincial series", "files with provinces and years", "see what `make import` says of the files"
        )
    rows = [r for _, r in provincial]
    years = common_years([o for o, r in provincial if not r["question"]] or [o for o, _ in provincial])
    plan = plan_study(load_study(study_paths(_PATTERN)), rows, years)
    for file, text in spec_texts(plan, paths.name, sources).items():
        write_text(paths.specs / file, text)
    write_text(paths.specs / "codebook.csv", csv_text(COLUMNS, ([row[c] for c in COLUMNS] for row in rows)))
    dropped = _prune(paths)
    write_text(paths.specs / "MISSING.md", missing_page(plan, dropped, findings))
    write_findings(paths, findings)
    _say(paths, plan, dropped, findings)


def common_years(offers: list[Offer]) -> tuple[int, int]:
    """The years that the bulk of the series share: the longest span that three quarters of them cover."""
    spans = sorted((o.years[0], o.years[-1]) for o in offers)
    first = sorted(a for a, _ in spans)[int(0.75 * (len(spans) - 1))]
    last = sorted((b for _, b in spans), reverse=True)[int(0.75 * (len(spans) - 1))]
    return (first, last) if first < last else (min(a for a, _ in spans), max(b for _, b in spans))


def spec_texts(plan: Plan, name: str, sources: dict[str, str]) -> dict[str, str]:
    """File -> text of every spec file but the codebook."""
    folder = plan.pattern.paths.specs
    texts = {"study.toml": _study_text(plan, name, sources), "variables.toml": _sections(folder / "variables.toml", "variables", set(plan.derived)),
             "indices.toml": _indices(plan, (folder / "indices.toml").read_text(encoding="utf-8")),
             "levers.toml": _levers(plan, (folder / "levers.toml").read_text(encoding="utf-8")),
             "repairs.toml": _REPAIRS}  # fmt: skip
    for kind in ("tables", "figures"):
        for path in sorted((folder / kind).glob("*.toml")):
            if path.stem != "90_recovery":
                texts[f"{kind}/{path.name}"] = _fitted(plan, path.read_text(encoding="utf-8"))
    return texts


_REPAIRS = """# Corrections of raw cells, each with its reason; the source files are never edited. For example:
#
# [[repair]]
# variable = "income_rural"
# provinces = ["Jilin"]
# years = [2017]
# action = "set"            # or drop, scale (factor), shift (by), exchange, confirm (looked up, is right)
# value = 12950.4
# found = 112950.4          # what the file holds now: if that changes, the repair is refused
# reason = "a digit too many; the yearbook prints 12950.4"
"""


def _study_text(plan: Plan, name: str, sources: dict[str, str]) -> str:
    spec, roles = plan.pattern.spec, plan.pattern.spec.roles
    used = {r["source"] for r in plan.rows}
    files = "\n".join(f'\n[[sources]]\nname = "{source}"\nfile = "{file}"\ncitation = ""  # yearbook, edition, table, address'
                      for file, source in sources.items() if source in used)  # fmt: skip
    checks = "\n".join(f'\n[[checks]]\nrule = "{c.rule}"\ntolerance = {max(c.tolerance, 0.01)}\nseverity = "warning"'
                       for c in spec.checks if _names(c.rule) <= plan.raw)  # fmt: skip
    mediators = [m for m in roles.mediators if m in plan.known] or roles.mediators  # none: the checks will say so
    controls = [c for c in roles.controls if c in plan.known]
    first, last = plan.years
    return f"""# What is studied, from which files, who plays which part. Every line may be edited; `make check STUDY={name}` says what is wrong.

title = {{ en = "New quality productivity and urban-rural integration", zh = "新质生产力与城乡融合" }}
question = {{ en = "{spec.question.en}", zh = "{spec.question.zh}" }}
seed = 20240211                  # of every random draw
years = [{first}, {last}]            # first and last year
base_year = {first}                # prices and fixed levers are of this year
provinces_without = []           # for example ["Tibet"], said under every table
unbalanced = true                # false: a missing province-year stops the run
languages = ["en", "zh"]

[roles]
outcome = "{roles.outcome}"
treatment = "{roles.treatment}"
mediators = {_list(mediators)}
controls = {_list(controls)}

[bootstrap]
draws = 9999
level = 0.95

# Source files, relative to the data folder (DATA=). Their layout is recognised by content; where it should not be, name the
# columns: province = "...", year = "...", variable = "...", value = "...".
{files.strip()}

# What must hold between raw variables.
{checks.strip()}
"""


def _list(names: list[str]) -> str:
    return "[" + ", ".join(f'"{n}"' for n in names) + "]"


def _names(rule: str) -> set[str]:
    return set(re.findall(r"[a-z][a-z0-9_]*", rule))


def _sections(path: Path, table: str, keep: set[str]) -> str:
    """The sections [table.name] of a spec that are kept, with the comments above them."""
    out: list[str] = []
    keeping = True
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.match(rf"^\[{table}\.([a-z0-9_]+)\]", line):
            keeping = match[1] in keep
        elif line.startswith("#") or not line.strip():
            keeping = True
        if keeping:
            out.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip() + "\n"


def _indices(plan: Plan, text: str) -> str:
    """The indices with the indicators there are; dimensions and indices that lose all of them go."""
    blocks = re.split(r"(?m)^(?=\[)", text)
    out = [blocks[0]]
    for block in blocks[1:]:
        head = re.match(r"\[([a-z0-9_]+)(?:\.dimensions\.([a-z0-9_]+))?\]", block)
        assert head is not None
        index, dimension = head[1], head[2]
        if index not in plan.columns or (dimension and f"{index}_{dimension}" not in plan.columns):
            continue
        if dimension:
            block = re.sub(r"([a-z][a-z0-9_]*) = (\"[+-]\"),?\s*", lambda m: m[0] if m[1] in plan.known else "", block)
            block = re.sub(r",\s*}", " }", block)
        out.append(block)
    return "".join(out)


def _levers(plan: Plan, text: str) -> str:
    """The twelve, each with its proxy where the files have it, else untestable until one is named."""
    blocks = re.split(r"(?m)^(?=\[)", text)
    out = ["# The twelve levers of the theory: challenges c1 to c6 weaken the effect of NQP, paths p1 to p6 strengthen it.\n"
           "# Give each a proxy (variable, source, timing, moves) or say why none exists. See specs/demo/levers.toml.\n\n"]  # fmt: skip
    for block in blocks[1:]:
        if block[1:3] in plan.levers:
            out.append(block)
            continue
        kept = [line for line in block.splitlines() if line.startswith(("[", "label"))]
        out.append(
            "\n".join(
                [
                    *kept,
                    'untestable = { en = "No proxy among the files; name one here", zh = "所给文件中没有代理变量" }',
                ]
            )
            + "\n"
        )
    return "".join(out)


def _fitted(plan: Plan, text: str) -> str:
    """A table or figure spec with the names that exist and the years of the study."""
    every = plan.pattern.variables | set(plan.pattern.levers)
    first, last = plan.years

    def names(match: re.Match[str]) -> str:
        items = re.findall(r'"([^"]*)"', match[1])
        if not set(items) <= every:
            return match[0]
        kept = [i for i in items if i in plan.known or i in plan.levers]
        return (
            _list(kept) if kept else match[0]
        )  # an empty list means something else: the checks refuse the table instead

    def years(match: re.Match[str]) -> str:
        kept = dict.fromkeys(min(max(int(y), first), last) for y in re.findall(r"\d{4}", match[0]))
        return f"[{', '.join(map(str, kept))}]"

    columns = re.split(r"(?m)^(?=\[\[columns\]\])", text)
    lost = [
        c
        for c in columns[1:]
        if any(m not in plan.known for m in re.findall(r'(?m)^(?:outcome|treatment) = "([a-z0-9_]+)"', c))
    ]
    if len(lost) < len(columns) - 1:
        text = "".join(c for c in columns if c not in lost)
    text = re.sub(r"\[((?:\s*\"[a-z0-9_]+\"\s*,?)+)\s*\]", names, text)
    text = re.sub(r"\[\s*(?:(?:19|20)\d{2}\s*,?\s*)+\]", years, text)
    return re.sub(r"(?m)^(year = )(\d{4})$", lambda m: f"{m[1]}{min(max(int(m[2]), first), last)}", text)


def _prune(paths: Paths) -> dict[str, str]:
    """Leave out the tables and figures that the study's own checks refuse; what they say is the reason."""
    dropped: dict[str, str] = {}
    for _ in range(8):
        try:
            load_study(paths)
            break
        except Rejected as rejected:
            bad = {f.where.file: f for f in rejected.findings if re.search(r"/(tables|figures)/", f.where.file or "")}
            if not bad:
                break
            for file, finding in bad.items():
                path = Path(str(file))
                path.unlink(missing_ok=True)
                dropped[f"{path.parent.name}/{path.stem}"] = f"{finding.found} ({finding.expected})"
    return dropped


def missing_page(plan: Plan, dropped: dict[str, str], findings: list[Finding]) -> str:
    """What is left out and what would bring it back, as a Markdown page."""
    lines = [
        "# What is missing",
        "",
        "Made by `make new-study`. The pattern is the demo study; what it has and this study lacks:",
        "",
    ]
    open_questions = [r for r in plan.rows if r["question"]]
    if open_questions:
        lines += [
            "## Questions in codebook.csv",
            "",
            "A variable with an open question is not used. Answer in its row, empty the cell.",
            "",
        ]
        lines += [f"- `{r['variable']}` ({r['header']}): {r['question']}" for r in open_questions] + [""]
    raw = sorted({n for names in plan.missing.values() for n in names if n in plan.pattern.codebook})
    if raw:
        lines += ["## Raw variables the files do not have", ""]
        for name in raw:
            known = known_variables().get(name)
            row = plan.pattern.codebook[name]
            also = ", ".join(known.aliases[:4]) if known else ""
            users = sorted(d for d, names in plan.missing.items() if name in names)
            lines.append(
                f"- `{name}` {row.label_zh} / {row.label_en} ({row.unit}): for {', '.join(users)}"
                + (f"; also headed {also}" if also else "")
            )
        lines.append("")
    if dropped:
        lines += ["## Tables and figures left out", ""]
        lines += [f"- {stem}: {reason}" for stem, reason in sorted(dropped.items())] + [""]
    errors = [f for f in findings if f.severity == "error"]
    if errors:
        lines += ["## Findings that will stop the run", "", "Correct the files, or write repairs.toml:", ""]
        lines += [f"- `{f.code}` {f.where}: {f.found}" for f in errors[:40]] + [""]
    if len(lines) == 4:
        lines.append("Nothing.")
    return "\n".join(lines) + "\n"


def _say(paths: Paths, plan: Plan, dropped: dict[str, str], findings: list[Finding]) -> None:
    questions = sum(bool(r["question"]) for r in plan.rows)
    print(
        f"new-study: {paths.specs} with {len(plan.rows)} variables, {questions} of them with a question; years {plan.years[0]}-{plan.years[1]}"
    )
    try:
        study = load_study(paths)
        print(
            f"  {len(study.tables)} tables and {len(study.figures)} figures can be made, {len(dropped)} are left out: {paths.specs}/MISSING.md"
        )
        print(f"  next: make all STUDY={paths.name} DATA={paths.data}")
    except Rejected as rejected:
        print(f"  it cannot run yet ({paths.specs}/MISSING.md says what is missing):")
        for finding in rejected.findings[:10]:
            print(f"  {finding.severity} [{finding.code}] {finding.where}: {finding.found}; {finding.remedy}")
    show([f for f in findings if f.severity == "error"], paths.build / "import.md")


def _refused(found: str, expected: str, remedy: str) -> Rejected:
    return Rejected([Finding("new-study", "error", Where(), found, expected, remedy)])
