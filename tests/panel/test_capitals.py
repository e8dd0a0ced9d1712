"""Every province has a capital, in China, near those of its neighbours, and in its place on the
map."""

import numpy as np

from pipeline.panel.capitals import CAPITALS
from pipeline.panel.provinces import PROVINCES


def distance(a, b):
    """Great-circle distance of two capitals in km."""
    p, q = np.radians([a.latitude, a.longitude]), np.radians([b.latitude, b.longitude])
    h = (
        np.sin((p[0] - q[0]) / 2) ** 2
        + np.cos(p[0]) * np.cos(q[0]) * np.sin((p[1] - q[1]) / 2) ** 2
    )
    return 2 * 6371.0088 * np.arcsin(np.sqrt(h))


def test_31_capitals_in_the_order_of_the_provinces():
    assert list(CAPITALS) == [p.en for p in PROVINCES]
    assert len({c.zh for c in CAPITALS.values()}) == len({c.en for c in CAPITALS.values()}) == 31
    for p in PROVINCES:
        assert (CAPITALS[p.en].en == p.en) == (p.zh_full.endswith("市")), (
            p.en
        )  # municipalities are their own capital
        assert (CAPITALS[p.en].zh == p.zh) == (p.zh_full.endswith("市")), p.en


def test_all_lie_in_china():
    for name, c in CAPITALS.items():
        assert 87 < c.longitude < 127 and 20 < c.latitude < 46, name
        assert (round(c.longitude, 2), round(c.latitude, 2)) == (c.longitude, c.latitude)


def test_neighbours_are_near():
    """Among the nearest capitals; a coordinate that is swapped or off by a few degrees is not."""
    far = {p.en: sorted(distance(CAPITALS[p.en], c) for c in CAPITALS.values()) for p in PROVINCES}
    for p in PROVINCES:
        between = [distance(CAPITALS[p.en], CAPITALS[n]) for n in p.neighbours]
        assert min(between) <= far[p.en][5], p.en
        # Urumqi is 1,440 km from the nearest one, Lhasa 1,260
        assert min(between) < (1500 if p.en in ("Xinjiang", "Tibet") else 650), (p.en, min(between))


def test_distances_everybody_knows():
    """Great-circle distances to within 15 km."""
    for a, b, km in (
        ("Beijing", "Shanghai", 1067),
        ("Beijing", "Tianjin", 110),
        ("Guangdong", "Beijing", 1888),
        ("Sichuan", "Chongqing", 270),
        ("Jiangsu", "Shanghai", 270),
        ("Xinjiang", "Beijing", 2411),
    ):
        assert abs(distance(CAPITALS[a], CAPITALS[b]) - km) < 15, (
            a,
            b,
            distance(CAPITALS[a], CAPITALS[b]),
        )


def test_their_places_on_the_map():
    def extreme(key):
        return sorted(CAPITALS, key=key)

    assert extreme(lambda n: CAPITALS[n].latitude)[:2] == ["Hainan", "Guangxi"]
    assert extreme(lambda n: CAPITALS[n].latitude)[-1] == "Heilongjiang"
    assert extreme(lambda n: CAPITALS[n].longitude)[:2] == ["Xinjiang", "Tibet"]
    assert extreme(lambda n: CAPITALS[n].longitude)[-1] == "Heilongjiang"
