import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.panel.provinces import (
    BY_CODE,
    PROVINCES,
    contiguity,
    find_province,
    is_national,
    nearest_names,
)


def test_31_units_with_gb_codes_and_symmetric_neighbours():
    assert len(PROVINCES) == len(BY_CODE) == 31
    by_name = {p.en: p for p in PROVINCES}
    for p in PROVINCES:
        assert all(p.en in by_name[n].neighbours for n in p.neighbours), p.en
    assert BY_CODE[150000].zh_full == "内蒙古自治区" and BY_CODE[610000].en == "Shaanxi"


def test_contiguity_is_row_standardised():
    w = contiguity()
    np.testing.assert_allclose(w.sum(axis=1), 1)
    assert w.shape == (31, 31) and (np.diag(w) == 0).all()
    assert ((w > 0) == (w > 0).T).all()


def test_contiguity_of_some_provinces_is_standardised_anew():
    hainan, guangdong, guangxi = 460000, 440000, 450000
    np.testing.assert_array_equal(
        contiguity([hainan, guangdong, guangxi]), [[0, 0.5, 0.5], [1, 0, 0], [1, 0, 0]]
    )
    assert not contiguity([hainan, guangxi]).any()


def test_the_two_shanxis_are_two_provinces():
    assert find_province("山西").code == find_province("Shanxi Province").code == 140000
    assert find_province("陕西省").code == find_province("Shaanxi").code == 610000


@given(
    st.sampled_from(PROVINCES),
    st.sampled_from(["zh", "zh_full", "en", "code"]),
    st.sampled_from(["", " ", "\u3000", "\t"]),
    st.booleans(),
)
def test_common_spellings_are_read(province, how, pad, spread):
    name = str(getattr(province, how))
    if spread and how.startswith("zh"):
        name = pad.join(name)
    assert find_province(f"{pad}{name}{pad}") is province


def test_unknown_names_are_proposed_never_applied():
    for wrong in ("内蒙占", "Guangdon", "湖此省", "江酉"):
        assert find_province(wrong) is None
        assert nearest_names(wrong)
    assert "内蒙古" in nearest_names("内蒙占")[0]


def test_national_rows_are_not_provinces():
    for name in ("全国", "全 国", "National", "合计"):
        assert is_national(name) and find_province(name) is None
