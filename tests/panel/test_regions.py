"""The columns of the provinces' table, and places as yearbooks write them."""

import pytest

from pipeline.panel.places import Place, find_place
from pipeline.panel.prefectures import find_prefecture, former_name, history, prefectures
from pipeline.panel.provinces import (
    NORTH,
    NORTHWEST_OF_HU,
    PROVINCES,
    REGIONS,
    find_province,
    nearest_names,
)

# As the National Bureau of Statistics groups them.
IN_REGION = {
    "east": 10,
    "central": 6,
    "west": 12,
    "northeast": 3,
}


def test_regions_and_lines():
    assert {r: sum(p.region == r for p in PROVINCES) for r in REGIONS} == IN_REGION
    assert {p.en for p in PROVINCES if p.region == "northeast"} == {
        "Liaoning",
        "Jilin",
        "Heilongjiang",
    }
    assert len(NORTH) == 15 and {"Shandong", "Henan", "Shaanxi", "Gansu"} <= NORTH
    assert not NORTH & {"Jiangsu", "Anhui", "Hubei", "Sichuan", "Tibet"}
    hu = {"Inner Mongolia", "Tibet", "Gansu", "Qinghai", "Ningxia", "Xinjiang"}
    assert hu == NORTHWEST_OF_HU


def test_a_province_is_read_field_by_field():
    p = PROVINCES[2]
    assert (p.code, p.en, p.zh, p.zh_full, p.region) == (
        130000,
        "Hebei",
        "河北",
        "河北省",
        "east",
    )
    assert p.neighbours[:2] == ("Beijing", "Tianjin") and len(p.neighbours) == 7


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("13", "Hebei"),
        ("130000", "Hebei"),
        ("Hebei Province", "Hebei"),
        ("HEBEI-sheng", "Hebei"),
        ("Beijing Municipality", "Beijing"),
        ("Beijing shi", "Beijing"),
        ("上海市", "Shanghai"),
        ("Xizang", "Tibet"),
        ("内蒙", "Inner Mongolia"),
        ("Nei Mongol", "Inner Mongolia"),
        ("Guangxi Zhuang Autonomous Region", "Guangxi"),
        ("Xinjiang Uyghur Autonomous Region", "Xinjiang"),
        ("宁夏回族自治区", "Ningxia"),
        ("新疆自治区", "Xinjiang"),
    ],
)
def test_provinces_as_people_write_them(text, name):
    assert find_province(text).en == name


@pytest.mark.parametrize(
    "text", ["吉林市", "Jilin shi", "海南 Municipality", "1", "99", "省", "石家庄"]
)
def test_what_is_no_province(text):
    assert find_province(text) is None


def test_two_names_are_proposed_at_most():
    assert nearest_names("Shanx") == ["Shanxi", "Shaanxi"]
    assert nearest_names("Shanx", 1) == ["Shanxi"] and nearest_names("qqqq") == []


HEBEI = Place("province", 130000, "Hebei")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("其中：河北", HEBEI),
        (" 其中: 河北省 ", HEBEI),
        ("河北 Hebei", HEBEI),
        ("河 北 Hebei Province", HEBEI),
        ("北京 Shanghai", None),
        ("130000.0", HEBEI),
        ("130100.0", Place("prefecture", 130100, "石家庄")),
        ("130100.5", None),
        ("130102", Place("county", 130102, "130102")),
        ("110001", Place("county", 110001, "110001")),
        ("139900", None),
        ("990102", None),
        ("13010", None),
        ("1301020", None),
        ("东部11省(市)平均", Place("region", 0, "东部11省(市)平均")),
        (" 东部地区10省市", Place("region", 0, "东部地区10省市")),
        ("东部省市", None),
        ("Hong Kong", Place("region", 0, "Hong Kong")),
        ("合 计", Place("nation", 0, "China")),
        ("延边州", Place("prefecture", 222400, "延边")),
        ("哈", None),
    ],
)
def test_places_as_yearbooks_write_them(text, place):
    assert find_place(text) == place


def test_prefectures_and_changes_are_read_field_by_field():
    one = prefectures()[130100]
    assert (one.code, one.zh, one.zh_full, one.en, one.aliases) == (
        130100,
        "石家庄",
        "石家庄市",
        "Shijiazhuang",
        (),
    )
    change = history()[0]
    assert (change.code_old, change.zh_old, change.kind, change.year) == (
        132800,
        "廊坊地区",
        "upgraded",
        1988,
    )
    assert (change.code_new, change.zh_new) == (131000, "廊坊市")
    assert change.note.startswith("county-level") and change.source.startswith("gb2260")
    assert {c.code_old for c in history()} >= {0} or {c.code_new for c in history()} >= {0}


def test_a_former_name_is_told_with_or_without_its_kind():
    assert former_name("襄樊市") == former_name("襄樊") != []
    assert former_name("思茅地区") and former_name("思茅")
    assert former_name("石家庄") == [] and former_name("廊坊") == [] and former_name("火星") == []
    assert find_prefecture("襄樊") is None and find_prefecture("襄阳").code == 420600
