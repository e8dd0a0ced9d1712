"""The spec files of a new study, as text: those of the demo study, cut to what its plan keeps."""

import json
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from pipeline.intake.plan import Plan


def spec_texts(plan: Plan, name: str, sources: dict[str, str]) -> dict[str, str]:
    """File -> text of every spec file but the codebook."""
    folder = plan.pattern.paths.specs
    texts = {
        "study.toml": _study_text(plan, name, sources),
        "variables.toml": _sections(folder / "variables.toml", "variables", set(plan.derived)),
        "indices.toml": _indices(plan, (folder / "indices.toml").read_text(encoding="utf-8")),
        "levers.toml": _levers(plan, (folder / "levers.toml").read_text(encoding="utf-8")),
        "repairs.toml": _TEMPLATES.get_template("repairs.toml.j2").render(),
    }
    for kind in ("tables", "figures"):
        for path in sorted((folder / kind).glob("*.toml")):
            if path.stem != "90_recovery":
                texts[f"{kind}/{path.name}"] = _fitted(plan, path.read_text(encoding="utf-8"))
    return texts


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), keep_trailing_newline=True, autoescape=False
)


def _study_text(plan: Plan, name: str, sources: dict[str, str]) -> str:
    spec, roles = plan.pattern.spec, plan.pattern.spec.roles
    used = {r["source"] for r in plan.rows}
    files = [
        f'[[sources]]\nname = "{source}"\nfile = {_quoted(file)}\n'
        'citation = ""  # yearbook, edition, table, address'
        for file, source in sources.items()
        if source in used
    ]
    checks = [
        f'[[checks]]\nrule = "{c.rule}"\ntolerance = {max(c.tolerance, 0.01)}\nseverity = "warning"'
        for c in spec.checks
        if _names(c.rule) <= plan.raw
    ]
    # Without any mediator the checks will say so.
    mediators = [m for m in roles.mediators if m in plan.known] or roles.mediators
    return _TEMPLATES.get_template("study.toml.j2").render(
        name=name,
        question=spec.question,
        first=plan.years[0],
        last=plan.years[1],
        roles=roles,
        mediators=_list(mediators),
        controls=_list([c for c in roles.controls if c in plan.known]),
        files="\n\n".join(files),
        checks="\n\n".join(checks),
    )


def _quoted(text: str) -> str:
    """A string of TOML: that of JSON, in which one control character more is escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


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
    first, last = plan.years

    def inside(year: str) -> int:
        return min(max(int(year), first), last)

    def years(match: re.Match[str]) -> str:
        kept = dict.fromkeys(map(inside, re.findall(r"\d{4}", match[0])))
        return f"[{', '.join(map(str, kept))}]"

    text = _with_columns(plan, text)
    names = re.compile(r"\[((?:\s*\"[a-z0-9_]+\"\s*,?)+)\s*\]")
    text = names.sub(lambda match: _kept(plan, match), text)
    text = re.sub(r"\[\s*(?:(?:19|20)\d{2}\s*,?\s*)+\]", years, text)
    return re.sub(r"(?m)^(year = )(\d{4})$", lambda m: f"{m[1]}{inside(m[2])}", text)


def _with_columns(plan: Plan, text: str) -> str:
    """The spec without the columns whose outcome or treatment there is not, unless all would go."""
    head, *columns = re.split(r"(?m)^(?=\[\[columns\]\])", text)
    needs = re.compile(r'(?m)^(?:outcome|treatment) = "([a-z0-9_]+)"')
    kept = [c for c in columns if set(needs.findall(c)) <= plan.known]
    return head + "".join(kept) if kept else text


def _kept(plan: Plan, match: re.Match[str]) -> str:
    """A list of variables or levers with those there are. An empty list means something else: it
    stays whole, and the checks refuse the table."""
    items = re.findall(r'"([^"]*)"', match[1])
    if not set(items) <= plan.pattern.variables | set(plan.pattern.levers):
        return match[0]
    kept = [i for i in items if i in plan.known or i in plan.levers]
    return _list(kept) if kept else match[0]
