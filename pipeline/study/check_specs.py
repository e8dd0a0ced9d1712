"""Checks that any table or figure spec needs: names, parts, samples, models. Methods call them for
what is their own."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from os.path import exists  # false for a name too long for a file

from pipeline.panel.finding import Finding, Where
from pipeline.panel.provinces import find_province, nearest_names
from pipeline.study.choices import ModelChoice, Sample
from pipeline.study.specs import FigureSpec, Spec
from pipeline.study.study import Study
from pipeline.study.toml import problem, unknown_name

# Keys of specs that hold names of variables, one or a list of them.
_NAMES = ("variables", "variable", "mediators", "outcomes", "treatments", "controls")


def check_spec(study: Study, stem: str, spec: Spec, sound: bool) -> Iterator[Finding]:
    """What every spec must fulfil, then what its kind checks of itself; `sound`: formulas and
    indices are."""
    file = str(study.paths.specs / f"{stem}.toml")
    for key in _NAMES:
        if key in type(spec).model_fields:
            yield from known(study, file, key, getattr(spec, key))
    yield from _check_models(study, file, spec)
    yield from _check_parts(study, file, spec)
    if isinstance(spec, FigureSpec):
        after = [spec.after] if spec.after else []
        yield from known_tables(study, file, "after", after)
    yield from spec.problems(study, file, sound)


def known(
    study: Study, file: str, key: str, names: str | Iterable[str] | None
) -> Iterator[Finding]:
    """Names are of variables of the study."""
    listed = [names] if isinstance(names, str) else list(names or [])
    for name in listed:
        if name not in study.variables:
            yield unknown_name(Where(file=file, key=key), name, study.variables)


def known_tables(study: Study, file: str, key: str, stems: Iterable[str]) -> Iterator[Finding]:
    """Stems are of tables of the study; of a table that cannot be read its own file tells."""
    tables = [name.split("/")[1] for name in study.tables]
    for stem in stems:
        if stem not in tables and not exists(study.paths.specs / "tables" / f"{stem}.toml"):
            yield unknown_name(Where(file=file, key=key), stem, tables, "table")


def table_of_kind(
    study: Study, file: str, key: str, stem: str, kinds: Sequence[str]
) -> Iterator[Finding]:
    """A stem is of a table of one of the kinds."""
    yield from known_tables(study, file, key, [stem])
    table = study.tables.get(f"tables/{stem}")
    if table is not None and table.kind not in kinds:
        wanted = " or ".join(kinds)
        found = f"`{stem}` is a {table.kind} table"
        expected, remedy = f"a {wanted} table", f"name a {wanted} table"
        yield problem("figure-table", Where(file=file, key=key), found, expected, remedy)


def known_years(study: Study, file: str, key: str, years: Iterable[int]) -> Iterator[Finding]:
    """Years are of the study."""
    for year in years:
        if year not in study.years:
            where, expected = Where(file=file, key=key), f"a year of {study.spec.years}"
            yield problem("sample-year", where, str(year), expected, "change the year")


def known_index(study: Study, file: str, name: str) -> Iterator[Finding]:
    """A name is of a composite index of the study."""
    if name not in study.indices:
        yield unknown_name(Where(file=file, key="index"), name, study.indices, "index")


def check_provinces(where: Where, names: Iterable[str]) -> Iterator[Finding]:
    """Names are of provincial units."""
    for name in names:
        if find_province(name) is None:
            close = ", ".join(nearest_names(name)) or "see the list in the README"
            remedy = f"did you mean {close}?"
            yield problem("unknown-province", where, f"`{name}`", "a province name", remedy)


def once(file: str, key: str, names: Iterable[str]) -> Iterator[Finding]:
    """Each name in one part only: no mediator that is a control, no outcome that is the treatment,
    nothing twice."""
    for name in twice(names):
        found = f"`{name}` stands more than once among the variables of this spec"
        yield problem(
            "role-twice", Where(file=file, key=key), found, "one part a variable", "remove one"
        )


def twice(names: Iterable[str]) -> list[str]:
    """Names that stand more than once, sorted."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def check_sample(study: Study, file: str, key: str, sample: Sample | None) -> Iterator[Finding]:
    """Provinces, years and variables of a sample exist, and its years have an order."""
    if sample is None:
        return
    yield from check_provinces(Where(file=file, key=key), [*sample.without, *sample.provinces])
    yield from known(study, file, key, [*sample.high, *sample.low])
    if sample.years and sample.years[0] >= sample.years[1]:
        where = Where(file=file, key=key)
        yield problem(
            "sample-year", where, str(sample.years), "first year < last year", "swap them"
        )
    yield from known_years(study, file, key, [*sample.without_years, *(sample.years or [])])


def _check_models(study: Study, file: str, spec: Spec) -> Iterator[Finding]:
    """The table's model and those of its columns: names, samples, effects that the kind needs."""
    if "model" not in type(spec).model_fields:
        return
    base: ModelChoice = getattr(spec, "model")  # noqa: B009  # a field of some kinds
    columns = [c for c in getattr(spec, "columns", []) if isinstance(c, ModelChoice)]
    choices = {"model": base} | {f"columns.{i}": column for i, column in enumerate(columns)}
    for key, choice in choices.items():
        yield from known(study, file, f"{key}.outcome", choice.outcome)
        yield from known(study, file, f"{key}.treatment", choice.treatment)
        yield from known(study, file, f"{key}.controls", choice.controls)
        yield from check_sample(study, file, f"{key}.sample", choice.sample)
    keys = [f"columns.{i}" for i in range(len(columns))] or ["model"]
    for key, model in zip(keys, spec.models(study), strict=True):
        for name in twice(model.variables):
            found = f"`{name}` stands more than once among outcome, treatment and controls"
            yield problem(
                "role-twice", Where(file=file, key=key), found, "one role a variable", "remove one"
            )
        if spec.two_way and not model.two_way:
            expected = "province and year effects in this kind of table"
            where = Where(file=file, key=f"{key}.effects")
            yield problem("effects", where, str(model.effects), expected, "remove the key")


def _check_parts(study: Study, file: str, spec: Spec) -> Iterator[Finding]:
    """No mechanism is outcome, treatment or control of the model, and none stands twice."""
    mechanisms = spec.mechanisms(study)
    own = getattr(spec, "mediators", None)
    if "mediators" in type(spec).model_fields and not mechanisms:
        where = Where(file=file, key="mediators")
        found, expected = "no mechanism here, and none in [roles]", "one mechanism or more"
        remedy = "name them in [roles] mediators of study.toml, or remove the spec"
        yield problem("no-mediators", where, found, expected, remedy)
    if not own:
        return
    for model in spec.models(study)[:1]:
        yield from once(file, "mediators", [*mechanisms, *model.variables])


def warnings(study: Study, stem: str, spec: Spec) -> Iterator[Finding]:
    """What a referee would ask about a spec that can run: two columns that are one model."""
    models = spec.models(study)
    for i, model in enumerate(models):
        for j, other in enumerate(models[:i]):
            if model.same_as(other):
                file = str(study.paths.specs / f"{stem}.toml")
                where = Where(file=file, key=f"columns.{i}")
                found = f"columns ({j + 1}) and ({i + 1}) are the same model"
                remedy = "change one, or remove it"
                yield Finding("column-twice", "warning", where, found, "different models", remedy)


def group_labels(file: str, groups: Iterable[str], labels: Iterable[str]) -> Iterator[Finding]:
    """Every group has its label, and every label its group."""
    for group in sorted(set(groups) ^ set(labels)):
        where = Where(file=file, key=f"labels.{group}")
        found = f"`{group}` in one of groups, labels"
        yield problem(
            "group-label", where, found, "each group with its label", "add what is missing"
        )


def group_overlaps(file: str, groups: Iterable[Sequence[str]]) -> Iterator[Finding]:
    """No region in two groups."""
    regions = [region for group in groups for region in group]
    for region in sorted({r for r in regions if regions.count(r) > 1}):
        where = Where(file=file, key="groups")
        yield problem(
            "group-overlap", where, f"`{region}` in two groups", "disjoint groups", "remove one"
        )
