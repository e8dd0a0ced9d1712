"""Figures of tables draw the numbers of the results that they show: read from their artists."""

import pytest

from pipeline.methods.levers.levers.result import Result as Levers
from pipeline.methods.mechanisms.mediation.result import Result as Mediation
from pipeline.methods.mechanisms.parallel.result import Result as Parallel
from pipeline.report.numbers import typographic
from tests.methods.read_figures import (
    ACCENT,
    MUTED,
    WARM,
    approx,
    colour_of,
    ends_of,
    picture,
    shapes,
    valued,
)


def judged(estimate):
    """Colour of what is solid only where the estimate differs from zero, and whether dashed."""
    return (colour_of(estimate) if estimate.differs else MUTED), not estimate.differs


def test_rows_of_coefficients(demo):
    seen = picture("baseline.coefficients", demo)
    points = [
        p
        for stem in ("baseline/regression/golden", "baseline/heterogeneity/golden")
        for p in seen.shown.tables[stem].result.points(["treatment"])
    ]
    (panel,) = seen.panels
    assert len(points) == 4 and [p.estimate.differs for p in points].count(False) == 1
    places = dict(zip(panel.y.names, panel.y.ticks, strict=True))
    rows = zip(shapes(panel, "line")[:-1], shapes(panel, "points o"), points, strict=True)
    for line, dot, point in rows:
        at = places[point.label.en]
        assert line.x == approx(ends_of(point.estimate)) and set(line.y) == {at}
        assert dot.x == approx([point.estimate.value]) and dot.y == (at,)
        assert dot.colours == (ACCENT if point.estimate.differs else "#ffffff",)


def test_rows_of_one_term(demo):
    for name, stem, term in (
        ("baseline.coefficients_indirect", "mechanisms/mediation/golden", "indirect"),
        ("baseline.coefficients_control", "baseline/regression/golden", "openness"),
    ):
        seen = picture(name, demo)
        points = seen.shown.tables[stem].result.points([term])
        (panel,) = seen.panels
        assert [s.x for s in shapes(panel, "line")[:-1]] == [
            approx(ends_of(p.estimate)) for p in points
        ]
        assert [s.x[0] for s in shapes(panel, "points o")] == approx(
            [p.estimate.value for p in points]
        )
        names = [p.label.en if p.label else demo.label(p.variable, "en") for p in points]
        assert list(panel.y.names) == names


def test_the_quantile_process(demo):
    seen = picture("baseline.quantiles", demo)
    result = seen.only()
    (panel,) = seen.panels
    (band,) = shapes(panel, "band")
    (line,) = shapes(panel, "line o")
    location, zero = shapes(panel, "line")
    corners = set(zip(band.x, band.y, strict=True))
    for q in result.quantiles:
        low, high = sorted(y for x, y in corners if x == approx(q.tau))
        assert (low, high) == approx(ends_of(q.treatment))
    assert line.x == approx([q.tau for q in result.quantiles])
    assert line.y == approx([q.treatment.value for q in result.quantiles])
    assert location.y == approx([result.location.value] * 2) and location.dashed
    assert zero.y == (0, 0) and not zero.dashed


@pytest.mark.parametrize("name", ["laboratory.alternatives", "laboratory.alternatives_partly"])
def test_alternatives(demo, name):
    seen = picture(name, demo)
    result = seen.only()
    left, right = seen.panels
    drawn = [a.standardised for a in result.alternatives if a.standardised is not None]
    assert [s.x for s in shapes(left, "line")[:-1]] == [approx(ends_of(e)) for e in drawn]
    assert [s.x[0] for s in shapes(left, "points o")] == approx([e.value for e in drawn])
    rows = [-i for i, a in enumerate(result.alternatives) if a.standardised is not None]
    assert [s.y[0] for s in shapes(left, "points o")] == rows
    for i, a in enumerate(result.alternatives):
        moves = sorted(a.moves.values())
        line, dots = shapes(right, "line")[i], shapes(right, "points")[i]
        assert line.x == approx([moves[0], moves[-1]]) and set(line.y) == set(dots.y) == {-i}
        assert dots.x == approx(sorted(set(moves)))
        sizes = seen.figure.axes[1].collections[i].get_sizes()
        assert list(sizes) == approx([6 + 5 * moves.count(x) for x in sorted(set(moves))])


@pytest.mark.parametrize("name", ["levers.levers", "levers.levers_unknown"])
def test_the_forest_of_levers(demo, name):
    seen = picture(name, demo)
    result = seen.only()
    (panel,) = seen.panels
    names = [name.replace("\n", " ") for name in panel.y.names]
    places = dict(zip(names, panel.y.ticks, strict=True))
    lines, dots = shapes(panel, "line")[1:], shapes(panel, "points o")
    diamonds = {s.y[0]: s.x[0] for s in shapes(panel, "points D") if s.x}
    beside = {w.at or t.get_position()[1]: w.text for w, t in seen.texts()}
    assert len(lines) == len(dots) == len(result.levers) == 12
    for line, dot, row in zip(lines, dots, result.levers, strict=True):
        one, at = row.tested.interaction, places[demo.label(row.lever, "en")]
        low, high = ends_of(one)
        assert line.x == approx([-1000 if low is None else low, 1000 if high is None else high])
        assert dot.x == approx([one.value]) and dot.y == (at,) == line.y[:1]
        assert line.colours == dot.colours == (judged(one)[0],)
        assert diamonds.get(at) == (None if row.tested.truth is None else approx(row.tested.truth))
        told = f"{seen.say(row.verdict)}; {seen.say.p(one.decides)}"
        least = f"{row.tested.detectable:.3f}"
        assert beside[at].startswith(told) and (least in beside[at]) == (row.verdict == "none")


def test_maps_of_gains(demo):
    seen = picture("levers.scenario", demo)
    columns = {c.variable: c for c in seen.only().columns}
    for panel, key in zip(seen.panels, ("p1", "services"), strict=True):
        tiles = {(s.x[0], s.y[0]): s for s in shapes(panel, "bar")}
        words = {w.at: w.text for w in panel.words}
        for code, gain in columns[key].gains.items():
            corner, text = seen.tile(code, words)
            assert text == typographic(f"{round(1000 * gain.value) + 0:d}")
            red, blue = (int(tiles[corner].colours[0][k : k + 2], 16) for k in (1, 5))
            # Blue gains, red loses.
            assert (blue - red) * gain.value >= 0
            assert gain.value == 0 or blue != red or abs(gain.value) < 1e-3


def test_the_theory(demo):
    seen = picture("levers.theory", demo)
    result = seen.shown.table("mechanisms/mediation/golden", Mediation)
    direct = seen.shown.table("mechanisms/parallel/golden", Parallel).direct
    levers = seen.shown.table("levers/levers/golden", Levers).levers
    (panel,) = seen.panels
    arrows, words = shapes(panel, "arrow"), [w.text for w in panel.words]
    estimates = [e for m in result.mechanisms for e in (m.a, m.second.effects.b)]
    for arrow, one in zip(arrows, [*estimates, result.total], strict=True):
        assert (arrow.colours[0], arrow.dashed) == judged(one)
    for m in result.mechanisms:
        own = m.second.effects
        at = words.index(f"a = {valued(seen.say, own.a)}")
        box, b = words[at - 1], words[at + 1]
        assert b == f"b = {valued(seen.say, own.b)}"
        assert valued(seen.say, own.indirect) in box and seen.say(own.reading) in box
    (total,) = (w for w in words if w.startswith(seen.say("theory_total")))
    assert valued(seen.say, result.total) in total and valued(seen.say, direct) in total
    frames = {s.x + s.y: s for s in shapes(panel, "box")}
    assert len(frames) == len(shapes(panel, "box"))
    mediators = {m.mediator for m in result.mechanisms} | {"direct"}
    attached = [row for row in levers if row.moves in mediators]
    assert attached
    for row in attached:
        low, high = ends_of(row.change)
        text = f"{row.lever.upper()} {seen.say.number(row.change.value)}\n[{low:.3f}, {high:.3f}]"
        (word,) = (w for w in panel.words if w.text == typographic(text))
        (frame,) = (
            f
            for f in seen.boxes()
            if f.get_width() < 1.3
            and abs(f.get_x() + 0.62 - word.at[0]) < 1e-6
            and abs(f.get_y() + 0.21 - word.at[1]) < 1e-6
        )
        colour, dashed = judged(row.change)
        assert seen.edge(frame) == (colour, dashed)


def test_likelihood_ratios(demo):
    seen = picture("levers.threshold", demo)
    result = seen.only()
    found = [(c.lever, t) for c in result.columns for t in c.thresholds]
    for panel, (lever, one) in zip(seen.panels, found, strict=True):
        ratios, critical, value = shapes(panel, "line")
        assert ratios.x == approx(one.candidates) and ratios.y == approx(one.ratios, abs=1e-6)
        assert critical.y == approx([result.critical] * 2) and critical.colours == (MUTED,)
        assert value.x == approx([one.value] * 2) and value.colours == (WARM,)
        assert critical.dashed and value.dashed and not ratios.dashed
        assert demo.label(lever, "en").split()[0] in panel.title


@pytest.mark.parametrize("name", ["mechanisms.mediation", "mechanisms.mediation_suppression"])
def test_the_paths_of_mechanisms(demo, name):
    seen = picture(name, demo)
    result = seen.only()
    (panel,) = seen.panels
    arrows, words = shapes(panel, "arrow"), [w.text for w in panel.words]
    estimates = [e for m in result.mechanisms for e in (m.a, m.second.effects.b)]
    if name.endswith("suppression"):
        assert any(e.differs and e.value < 0 for e in estimates)
    else:
        assert {e.differs for e in estimates} == {True, False}
    middles = {w.at: w.text for w in panel.words}
    paths = ("a", "b") * len(result.mechanisms)
    for arrow, one, path in zip(arrows, estimates, paths, strict=True):
        assert (arrow.colours[0], arrow.dashed) == judged(one)
        (text,) = (
            t
            for at, t in middles.items()
            if at == approx((sum(arrow.x) / 2, sum(arrow.y) / 2), abs=1e-5)
        )
        assert text == typographic(f"{path} = {one.value:.3f}\n{seen.say.p(one.decides)}")
    for m in result.mechanisms:
        own = m.second.effects
        (box,) = (w for w in words if demo.label(m.mediator, "en") in w.replace("\n", " "))
        assert valued(seen.say, own.indirect) in box and box.endswith(seen.say(own.reading))
    assert any(f"{result.total.value:.3f} ({result.total.error:.3f})" in w for w in words)


def test_the_paths_of_first_steps(demo):
    seen = picture("mechanisms.mediation_two_step", demo)
    result = seen.only()
    (panel,) = seen.panels
    for arrow, m in zip(shapes(panel, "arrow"), result.mechanisms, strict=True):
        assert (arrow.colours[0], arrow.dashed) == judged(m.a)
    assert all(s.dashed and s.colours == (MUTED,) for s in shapes(panel, "line"))
    assert len(shapes(panel, "line")) == len(result.mechanisms)
