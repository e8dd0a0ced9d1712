"""The spec files of a new study, as text: those of the demo study, cut to what its plan keeps."""

import re
from pathlib import Path

from pipeline.intake.plan import Plan


def spec_texts(plan: Plan, name: str, sources: dict[str, str]) -> dict[str, str]:
    """File -> text of every spec file but the codebook."""
    folder = plan.pattern.paths.specs
    texts = {
        "study.toml": _study_text(plan, name, sources),
        "variables.toml": _sections(folder / "variables.toml", "variables", set(plan.derived)),
        "indices.toml": _indices(plan, (folder / "indices.toml").read_text(encoding="utf-8")),
        "levers.toml": _levers(plan, (folder / "levers.toml").read_text(encoding="utf-8")),
        "repairs.toml": _REPAIRS,
    }
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
    files = "\n".join(
        f'\n[[sources]]\nname = "{source}"\nfile = "{file}"\n'
        'citation = ""  # yearbook, edition, table, address'
        for file, source in sources.items()
        if source in used
    )
    checks = "\n".join(
        f'\n[[checks]]\nrule = "{c.rule}"\ntolerance = {max(c.tolerance, 0.01)}\n'
        'severity = "warning"'
        for c in spec.checks
        if _names(c.rule) <= plan.raw
    )
    mediators = [
        m for m in roles.mediators if m in plan.known
    ] or roles.mediators  # none: the checks will say so
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
    """The indices with the indicators there are;
    dimensions and indices that lose all of them go."""
    blocks = re.split(r"(?m)^(?=\[)", text)
    out = [blocks[0]]
    for block in blocks[1:]:
        head = re.match(r"\[([a-z0-9_]+)(?:\.dimensions\.([a-z0-9_]+))?\]", block)
        assert head is not None
        index, dimension = head[1], head[2]
        if index not in plan.columns or (dimension and f"{index}_{dimension}" not in plan.columns):
            continue
        if dimension:
            block = re.sub(
                r"([a-z][a-z0-9_]*) = (\"[+-]\"),?\s*",
                lambda m: m[0] if m[1] in plan.known else "",
                block,
            )
            block = re.sub(r",\s*}", " }", block)
        out.append(block)
    return "".join(out)


def _levers(plan: Plan, text: str) -> str:
    """The pattern's levers, each with its proxy where the files have it,
    else untestable until one is named."""
    blocks = re.split(r"(?m)^(?=\[)", text)
    out = [
        "# The levers of the theory: challenges (c1, c2, ...) weaken the effect of the "
        "treatment, paths (p1, p2, ...) strengthen it.\n"
        "# Give each a proxy (variable, source, timing, moves) or say why none exists. "
        "See specs/demo/levers.toml.\n\n"
    ]
    for block in blocks[1:]:
        if block[1 : block.index("]")] in plan.levers:
            out.append(block)
            continue
        kept = [line for line in block.splitlines() if line.startswith(("[", "label"))]
        out.append(
            "\n".join(
                [
                    *kept,
                    'untestable = { en = "No proxy among the files; '
                    'name one here", zh = "所给文件中没有代理变量" }',
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
        if any(
            m not in plan.known
            for m in re.findall(r'(?m)^(?:outcome|treatment) = "([a-z0-9_]+)"', c)
        )
    ]
    if len(lost) < len(columns) - 1:
        text = "".join(c for c in columns if c not in lost)
    text = re.sub(r"\[((?:\s*\"[a-z0-9_]+\"\s*,?)+)\s*\]", names, text)
    text = re.sub(r"\[\s*(?:(?:19|20)\d{2}\s*,?\s*)+\]", years, text)
    return re.sub(
        r"(?m)^(year = )(\d{4})$", lambda m: f"{m[1]}{min(max(int(m[2]), first), last)}", text
    )
