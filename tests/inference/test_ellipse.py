"""The standard deviational ellipse: another program, clouds that are known, and what must not
matter."""

import numpy as np
import pytest

from pipeline.inference.distribution.ellipse import ellipse, outline, path

KM = 6371.0088 * np.pi / 180
# pointpats 2.5.5, docstring of `ellipse`: eleven planar points, CrimeStat's axes, which have a
# factor n / (n - 2) more
PLANE = np.array(
    [
        [66.22, 32.54],
        [22.52, 22.39],
        [31.01, 81.21],
        [9.47, 31.02],
        [30.78, 60.10],
        [75.21, 58.93],
        [79.26, 7.68],
        [8.23, 39.93],
        [98.73, 77.17],
        [89.78, 42.53],
        [65.19, 92.08],
    ]
)
CRIMESTAT = (50.13029459102783, 37.95222670267865)


def degrees(x, y):
    """Longitudes and latitudes of planar points in km, as the module projects them."""
    latitude = np.asarray(y) / KM
    return np.asarray(x) / (KM * np.cos(np.radians(latitude.mean()))), latitude


def cloud(angle, ratio, n=20_000, seed=1):
    """A Gaussian cloud around 35 N, 110 E; standard deviations 200 km along `angle` from north, 200
    / ratio across."""
    along, across = np.random.default_rng(seed).normal(size=(2, n)) * [[200.0], [200.0 / ratio]]
    a = np.radians(angle)
    x, y = along * np.sin(a) + across * np.cos(a), along * np.cos(a) - across * np.sin(a)
    latitude = 35 + y / KM
    return 110 + x / (KM * np.cos(np.radians(latitude.mean()))), latitude


def lefever(x, y, w):
    """The formula in print: the angle from its tangent, the axes as sums of squares in the turned
    system."""
    x, y = x - np.average(x, weights=w), y - np.average(y, weights=w)
    xx, yy, xy = (w * x * x).sum(), (w * y * y).sum(), (w * x * y).sum()
    theta = np.arctan((xx - yy + np.sqrt((xx - yy) ** 2 + 4 * xy**2)) / (2 * xy))
    first = np.sqrt(2 * (w * (x * np.cos(theta) - y * np.sin(theta)) ** 2).sum() / w.sum())
    second = np.sqrt(2 * (w * (x * np.sin(theta) + y * np.cos(theta)) ** 2).sum() / w.sum())
    return np.degrees(theta) % 180, max(first, second), min(first, second)


def test_the_axes_of_pointpats():
    result = ellipse(*degrees(*PLANE.T))
    np.testing.assert_allclose(
        np.array([result.major, result.minor]) * np.sqrt(11 / 9), CRIMESTAT, rtol=1e-12
    )
    assert result.area == pytest.approx(np.pi * result.major * result.minor, rel=1e-15)


def test_the_formula_in_print_with_weights():
    rng = np.random.default_rng(2)
    for seed in range(20):
        x, y = rng.normal(size=(2, 15)) * [[300.0], [200.0]]
        w = rng.uniform(0.1, 5, 15)
        result = ellipse(*degrees(x, y), w)
        np.testing.assert_allclose(
            [result.angle, result.major, result.minor], lefever(x, y, w), rtol=1e-9, err_msg=seed
        )


@pytest.mark.parametrize("angle", [0, 20, 45, 89, 90, 130, 179])
@pytest.mark.parametrize("ratio", [1.5, 4])
def test_a_turned_cloud_gives_back_its_angle_and_its_axes(angle, ratio):
    result = ellipse(*cloud(angle, ratio))
    assert abs((result.angle - angle + 90) % 180 - 90) < 1.5
    assert result.major == pytest.approx(200 * np.sqrt(2), rel=0.02)
    assert result.major / result.minor == pytest.approx(ratio, rel=0.02)


def test_63_percent_of_a_cloud_lie_inside():
    lon, lat = cloud(30, 2)
    e = ellipse(lon, lat)
    x, y = (lon - e.longitude) * KM * np.cos(np.radians(lat.mean())), (lat - e.latitude) * KM
    a = np.radians(e.angle)
    along, across = x * np.sin(a) + y * np.cos(a), x * np.cos(a) - y * np.sin(a)
    inside = (along / e.major) ** 2 + (across / e.minor) ** 2 <= 1
    assert inside.mean() == pytest.approx(1 - np.exp(-1), abs=0.01)


def test_moving_the_points_moves_only_the_centre():
    lon, lat = cloud(30, 2, n=50)
    here, there = ellipse(lon, lat), ellipse(lon - 7, lat)
    assert there.longitude == pytest.approx(here.longitude - 7, rel=1e-12)
    for name in ("latitude", "angle", "major", "minor"):
        assert getattr(there, name) == pytest.approx(getattr(here, name), rel=1e-9)


def test_weights_count_points():
    lon, lat = cloud(70, 2, n=12)
    w = np.arange(12)
    scale = np.cos(np.radians(lat.mean())) / np.cos(
        np.radians(np.repeat(lat, w).mean())
    )  # the map is that of all points
    weighted = ellipse(lon, lat, w)
    repeated = ellipse(np.repeat(lon, w) * scale, np.repeat(lat, w))
    assert weighted.longitude == pytest.approx(repeated.longitude / scale, rel=1e-12)
    for name in ("latitude", "angle", "major", "minor"):
        assert getattr(weighted, name) == pytest.approx(getattr(repeated, name), rel=1e-9)
        assert getattr(ellipse(lon, lat, w * 7.5), name) == pytest.approx(
            getattr(weighted, name), rel=1e-12
        )


def test_a_circle_has_no_direction_and_a_line_no_width():
    circle = ellipse(*degrees([1.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, -1.0]))
    assert np.isnan(circle.angle)
    assert circle.major == pytest.approx(1, rel=1e-9)
    assert circle.minor == pytest.approx(1, rel=1e-9)
    line = ellipse(*degrees([0.0, 1.0, 2.0], [0.0, 1.0, 2.0]))
    assert (line.minor, line.angle) == (pytest.approx(0, abs=1e-6), pytest.approx(45, rel=1e-9))
    for slope in np.linspace(-3, 3, 50):  # a difference of equal numbers, now and then -1e-16
        assert ellipse(*degrees(np.arange(5), slope * np.arange(5))).minor == pytest.approx(
            0, abs=1e-5
        )


def test_the_path_of_the_centre():
    """Weight moves from the first point to the second, 3 degrees of longitude further east, and
    then to the north."""
    lon, lat = np.array([110.0, 113.0, 110.0]), np.array([30.0, 30.0, 33.0])
    weights = np.array([[1.0, 0.0, 0.5, 0.5], [0.0, 1.0, 0.5, 0.5], [1.0, 1.0, 1.0, 1.0]])
    result = path(lon, lat, weights)
    one = 1.5 * KM * np.cos(np.radians(31.0))
    np.testing.assert_allclose(result.distances, [one, one / 2, 0], rtol=1e-12)
    np.testing.assert_allclose(result.bearings, [90, 270, np.nan], rtol=1e-12)
    assert [e.longitude for e in result.ellipses] == pytest.approx([110, 111.5, 110.75, 110.75])
    north = path(lon, lat, np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]]))
    assert north.bearings[0] == pytest.approx(
        np.degrees(np.arctan2(-0.5 * np.cos(np.radians(31.0)), 1.0)) % 360
    )
    last = ellipse(lon, lat, weights[:, 2])
    assert result.ellipses[2] == last


def test_what_has_no_ellipse_is_refused():
    with pytest.raises(ValueError, match="point is missing"):
        ellipse([110.0, np.nan], [30.0, 31.0])
    for w in ([1.0, -1.0], [0.0, 0.0], [1.0, np.nan]):
        with pytest.raises(ValueError, match="weights must be there"):
            ellipse([110.0, 111.0], [30.0, 31.0], w)
    with pytest.raises(ValueError, match="n >= 2"):
        ellipse([110.0], [30.0])
    with pytest.raises(ValueError, match=r"\(n, T\)"):
        path([110.0, 111.0], [30.0, 31.0], [1.0, 1.0])


def test_the_outline_lies_on_the_ellipse():
    longitudes, latitudes = cloud(30, 3, n=400)
    shape = ellipse(longitudes, latitudes)
    edge = outline(shape, float(latitudes.mean()))
    x = (edge[0] - shape.longitude) * KM * np.cos(np.radians(latitudes.mean()))
    y = (edge[1] - shape.latitude) * KM
    a = np.radians(shape.angle)
    along, across = x * np.sin(a) + y * np.cos(a), x * np.cos(a) - y * np.sin(a)
    np.testing.assert_allclose(
        (along / shape.major) ** 2 + (across / shape.minor) ** 2, 1, rtol=1e-12
    )
    assert edge[0][0] == pytest.approx(edge[0][-1]) and along.max() == pytest.approx(shape.major)
