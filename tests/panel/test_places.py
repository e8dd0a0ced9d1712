"""Places: provinces, prefectures with their history, counties by code, the nation and its
regions."""

from collections import Counter

import pytest

from pipeline.panel.places import find_place
from pipeline.panel.prefectures import (
    ambiguous,
    find_prefecture,
    former_name,
    history,
    nearest_prefectures,
    prefectures,
)
from pipeline.panel.provinces import BY_CODE

# Units of prefecture level by province, as the Ministry of Civil Affairs counts them since 2019
# (333 in all).
COUNTS = {
    "Hebei": 11,
    "Shanxi": 11,
    "Inner Mongolia": 12,
    "Liaoning": 14,
    "Jilin": 9,
    "Heilongjiang": 13,
    "Jiangsu": 13,
    "Zhejiang": 11,
    "Anhui": 16,
    "Fujian": 9,
    "Jiangxi": 11,
    "Shandong": 16,
    "Henan": 17,
    "Hubei": 13,
    "Hunan": 14,
    "Guangdong": 21,
    "Guangxi": 14,
    "Hainan": 4,
    "Sichuan": 21,
    "Guizhou": 9,
    "Yunnan": 16,
    "Tibet": 7,
    "Shaanxi": 10,
    "Gansu": 14,
    "Qinghai": 8,
    "Ningxia": 5,
    "Xinjiang": 14,
}


def test_the_units_are_all_there():
    counts = Counter(BY_CODE[c // 10_000 * 10_000].en for c in prefectures())
    assert counts == COUNTS and sum(counts.values()) == 333
    assert all(c % 100 == 0 and c % 10_000 for c in prefectures())


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("石家庄市", "prefecture", 130100),
        ("石 家 庄", "prefecture", 130100),
        ("Shijiazhuang", "prefecture", 130100),
        ("延边州", "prefecture", 222400),
        ("延边朝鲜族自治州", "prefecture", 222400),
        ("130100", "prefecture", 130100),
        ("吉林", "province", 220000),
        ("吉林市", "prefecture", 220200),
        ("海南", "province", 460000),
        ("130102", "county", 130102),
        ("全国", "nation", 0),
        ("东部地区", "region", 0),
        ("110000", "province", 110000),
        ("Hohhot", "prefecture", 150100),
        ("Huhehaote", "prefecture", 150100),
    ],
)
def test_names_and_codes(text, kind, code):
    place = find_place(text)
    assert place is not None and (place.kind, place.code) == (kind, code)


@pytest.mark.parametrize(
    "text", ["襄樊", "莱芜市", "Suzhou", "石家庒", "", "12345", "990101", "合计数"]
)
def test_what_is_no_place_today(text):
    assert find_place(text) is None


def test_every_spelling_finds_its_own_unit():
    for unit in prefectures().values():
        assert find_prefecture(unit.zh_full) == unit
        for name in (unit.en, *unit.aliases):
            assert find_prefecture(name) in (unit, None)
            if find_prefecture(name) is None:
                assert unit in ambiguous(name)


def test_romanised_names_that_two_units_share():
    shared = {
        name: {u.zh for u in ambiguous(name)}
        for name in ("Fuzhou", "Suzhou", "Yichun", "Taizhou", "Yulin")
    }
    assert shared == {
        "Fuzhou": {"福州", "抚州"},
        "Suzhou": {"苏州", "宿州"},
        "Yichun": {"伊春", "宜春"},
        "Taizhou": {"泰州", "台州"},
        "Yulin": {"玉林", "榆林"},
    }


@pytest.mark.parametrize(
    ("name", "kind", "year", "into"),
    [
        ("襄樊", "renamed", 2010, {"襄阳市"}),
        ("思茅市", "renamed", 2007, {"普洱市"}),
        ("莱芜", "merged", 2019, {"济南市"}),
        ("巢湖市", "dissolved", 2011, {"合肥市", "芜湖市", "马鞍山市"}),
        ("万县市", "merged", 1997, {"重庆市"}),
    ],
)
def test_what_became_of_former_units(name, kind, year, into):
    changes = [c for c in former_name(name) if c.kind == kind]
    assert (
        {c.zh_new for c in changes} == into
        and {c.year for c in changes} == {year}
        and all(c.source for c in changes)
    )


def test_the_history_leads_somewhere():
    """Every successor is a unit of today, a province, or itself changed later."""
    old = {c.code_old for c in history()}
    for change in history():
        assert (
            change.code_new in prefectures()
            or change.code_new in BY_CODE
            or change.code_new in old
            or change.code_new == 0
        ), change
        assert 1988 <= change.year <= 2025
    assert find_place("吉林") is not None and former_name("吉林市") == []


def test_near_misses_are_proposed():
    assert nearest_prefectures("石家庒")[0] == "石家庄" and nearest_prefectures("邯单")[0] == "邯郸"
