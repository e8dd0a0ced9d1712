"""Figures with results of their own draw these results: read from their artists."""

import itertools
from bisect import bisect_left

import numpy as np
import pytest

from pipeline.panel.capitals import CAPITALS
from pipeline.panel.provinces import BY_CODE
from pipeline.report.numbers import plain, typographic
from pipeline.report.pictures.tiles import LETTERS
from tests.methods.read_figures import ACCENT, MUTED, WARM, approx, ends_of, picture, shapes


def band_ends(band):
    """Value on the axis -> the lowest and the highest corner of a band there."""
    found = {}
    for x, y in zip(band.x, band.y, strict=True):
        found.setdefault(x, []).append(y)
    return {x: (min(ys), max(ys)) for x, ys in found.items()}


def test_densities(demo):
    seen = picture("baseline.density", demo)
    result = seen.only()
    (panel,) = seen.panels
    assert panel.legend == tuple(str(d.year) for d in result.densities)
    for line, density in zip(shapes(panel, "line"), result.densities, strict=True):
        assert line.label == str(density.year)
        assert line.x == approx(result.grid) and line.y == approx(density.values, abs=1e-8)


@pytest.mark.parametrize("name", ["baseline.tilemap", "baseline.tilemap_quarters"])
def test_tiles(demo, name):
    seen = picture(name, demo)
    result = seen.only()
    (panel,) = seen.panels
    tiles = {(s.x[0], s.y[0]): s.colours[0] for s in shapes(panel, "bar")}
    words = {w.at: w.text for w in panel.words}
    light = {}
    for code, value in result.values.items():
        corner, text = seen.tile(code, words)
        assert text == plain(value)
        (called,) = (
            t for at, t in words.items() if at == approx((corner[0] + 0.47, corner[1] + 0.62))
        )
        assert called.replace("\n", " ") == BY_CODE[code].en
        light[value] = sum(int(tiles[corner][k : k + 2], 16) for k in (1, 3, 5))
    if not result.cuts:
        shades = [light[v] for v in sorted(light)]
        assert shades == sorted(shades, reverse=True) and len(set(shades)) > 20
        return
    classes = {v: bisect_left(result.cuts, v) for v in light}
    assert [len({light[v] for v in light if classes[v] == k}) for k in range(4)] == [1] * 4
    means = [next(light[v] for v in light if classes[v] == k) for k in range(4)]
    assert means == sorted(means, reverse=True)
    bounds = [min(light), *result.cuts, max(light)]
    told = [f"{plain(a)} – {plain(b)}" for a, b in itertools.pairwise(bounds)]
    assert list(panel.legend[1:]) == told


def test_trends(demo):
    seen = picture("baseline.trends", demo)
    for panel, variable in zip(seen.panels, ("nqp", "uri"), strict=True):
        own = [line for line in seen.only().lines if line.variable == variable]
        assert panel.title == demo.label(variable, "en")
        for drawn, line in zip(shapes(panel, "line"), own, strict=True):
            assert drawn.label == seen.say(f"region_{line.region}")
            assert drawn.x == approx(line.years) and drawn.y == approx(line.means)


def test_ellipses_and_the_path_of_the_centre(demo):
    seen = picture("distribution.ellipse", demo)
    result = seen.only()
    country, near = seen.panels
    centres = [s.longitude for s in result.shapes], [s.latitude for s in result.shapes]
    edges = [s for s in result.shapes if s.edge is not None]
    drawn = {s.label: s for s in shapes(country, "line")}
    for shape in edges:
        line = drawn[str(shape.year)]
        assert line.x == approx(shape.edge.longitudes)
        assert line.y == approx(shape.edge.latitudes)
    for line in (drawn[""], shapes(near, "line")[0], shapes(near, "points o")[-1]):
        assert line.x == approx(centres[0]) and line.y == approx(centres[1])
    for dot, shape in zip(shapes(near, "points o"), edges, strict=False):
        assert (dot.x[0], dot.y[0]) == approx((shape.longitude, shape.latitude))
        assert dot.colours == drawn[str(shape.year)].colours
    capitals = {
        LETTERS[name]: (CAPITALS[name].longitude, CAPITALS[name].latitude) for name in LETTERS
    }
    assert {w.text: w.at for w in country.words} == {k: approx(v) for k, v in capitals.items()}
    weighted = {LETTERS[BY_CODE[code].en] for code in result.weights}
    full, *hollow = shapes(country, "points o")
    assert sorted(zip(full.x, full.y, strict=True)) == [
        approx(at) for at in sorted(capitals[k] for k in weighted)
    ]
    assert sum(len(h.x) for h in hollow) == len(LETTERS) - len(weighted) > 0
    named = {s.year: (s.longitude, s.latitude) for s in result.shapes}
    years = {str(s.year) for s in edges} | {str(min(named)), str(max(named))}
    assert {w.text: w.at for w in near.words} == {y: approx(named[int(y)]) for y in years}


def test_moran_scatters(demo):
    seen = picture("distribution.moran_scatter", demo)
    for panel, scatter in zip(seen.panels, seen.only().scatters, strict=True):
        (dots,) = shapes(panel, "points o")
        assert dots.x == approx([p.value for p in scatter.places])
        assert dots.y == approx([p.lag for p in scatter.places])
        (slope,) = (s for s in shapes(panel, "line") if not s.dashed)
        assert (slope.y[1] - slope.y[0]) / (slope.x[1] - slope.x[0]) == approx(scatter.moran, 1e-4)
        assert sum(slope.y) / 2 - scatter.moran * sum(slope.x) / 2 == approx(
            np.mean([p.lag for p in scatter.places]), 1e-4
        )
        assert str(scatter.year) in panel.title and f"{scatter.moran:.3f}" in panel.title
        places = {LETTERS[BY_CODE[p.unit].en]: (p.value, p.lag) for p in scatter.places}
        assert {w.text: w.at for w in panel.words} == {k: approx(v) for k, v in places.items()}


def test_effects_along_levers(demo):
    seen = picture("levers.marginal_effects", demo)
    curves = seen.only().curves
    fronts = [p for p in seen.panels if shapes(p, "band")]
    behind = [p for p in seen.panels if shapes(p, "bar")]
    for front, back, curve in zip(fronts, behind, curves, strict=True):
        ends = band_ends(shapes(front, "band")[0])
        line, low, high, zero = shapes(front, "line")
        for point in curve.points:
            (own,) = (e for x, e in ends.items() if x == approx(point.at))
            assert own == approx(ends_of(point.effect))
        assert line.x == approx([p.at for p in curve.points])
        assert line.y == approx([p.effect.value for p in curve.points])
        assert low.y == approx([p.bootstrap.low for p in curve.points])
        assert high.y == approx([p.bootstrap.high for p in curve.points])
        assert (line.dashed, low.dashed, high.dashed) == (False, True, True)
        assert zero.y == (0, 0)
        bars = shapes(back, "bar")
        assert [b.x[0] for b in bars] == approx([b.left for b in curve.bars])
        assert [b.y for b in bars] == [approx((0, b.share)) for b in curve.bars]
        assert bars[0].x[1] - bars[0].x[0] == approx(0.92 * curve.width, 1e-6)
        assert front.title.replace("\n", " ") == demo.label(curve.lever, "en")


def test_indirect_effects_along_rho(demo):
    seen = picture("mechanisms.rho", demo)
    for panel, curve in zip(seen.panels, seen.only().curves, strict=True):
        ends = band_ends(shapes(panel, "band")[0])
        line, zero, vanishes = shapes(panel, "line")
        for point in curve.points:
            (own,) = (e for x, e in ends.items() if x == approx(point.rho, 1e-7))
            assert own == approx((point.interval.low, point.interval.high), 1e-6)
        assert line.x == approx([p.rho for p in curve.points], 1e-7)
        assert line.y == approx([p.indirect for p in curve.points], 1e-6)
        assert vanishes.x == approx([curve.zero] * 2) and vanishes.dashed and zero.y == (0, 0)
        assert typographic(f"{curve.zero:.2f}") in panel.title.splitlines()[-1]
        assert " ".join(panel.title.splitlines()[:-1]) == demo.label(curve.mediator, "en")


def test_the_specification_curve(demo):
    seen = picture("mechanisms.specification_curve", demo)
    result = seen.only()
    top, bottom = seen.panels
    models = result.specifications
    for differs, colour in ((True, ACCENT), (False, MUTED)):
        own = [(i, m.estimate) for i, m in enumerate(models) if m.estimate.differs == differs]
        dots = [s for s in shapes(top, "points .") if s.colours == (colour,)]
        assert [len(d.x) for d in dots if d.x] == ([len(own)] if own else [])
        if own:
            assert dots[0].x == approx([i for i, _ in own])
            assert dots[0].y == approx([e.value for _, e in own])
    lines = seen.figure.axes[0].collections
    found = {round(s[0][0]): (s[0][1], s[1][1]) for c in lines for s in c.get_segments()}
    assert found == {i: approx(ends_of(m.estimate)) for i, m in enumerate(models)}
    (zero,) = shapes(top, "line")
    assert zero.colours == (WARM,) and zero.y == (0, 0)
    made = {
        **{demo.label(v, "en"): [m.outcome == v for m in models] for v in ("uri", "uri_equal")},
        **{demo.label(v, "en"): [m.treatment == v for m in models] for v in ("nqp", "nqp_lag")},
        "all": [m.sample == "all" for m in models],
        "No Tibet": [m.sample == "no_tibet" for m in models],
        **{seen.say(e): [m.effects == e for m in models] for e in ("two-way", "province")},
        **{demo.label(v, "en"): [v in m.controls for m in models] for v in ("openness", "finance")},
    }
    assert list(bottom.y.names) == list(made)
    for marks, at, on in zip(
        shapes(bottom, "points |"), bottom.y.ticks, made.values(), strict=True
    ):
        assert marks.x == approx(np.flatnonzero(on)) and set(marks.y) == {at}
    (title,) = seen.drawn.words
    for told in (len(models), f"{result.median:.3f}", result.differing, result.joint.models):
        assert str(told) in title
    assert seen.say.p(result.joint.p_median) in title
