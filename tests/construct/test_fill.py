import numpy as np

from pipeline.construct.fill import fill_linear


def test_inner_gaps_up_to_the_limit_are_filled_and_reported():
    x = np.array([[1.0, np.nan, 3.0, np.nan, np.nan, 6.0], [np.nan, 2.0, 3.0, 4.0, 5.0, np.nan]])
    filled, cells = fill_linear(x, 1)
    np.testing.assert_array_equal(filled[0], [1, 2, 3, np.nan, np.nan, 6])
    assert cells == [(0, 1)]
    filled, cells = fill_linear(x, 2)
    np.testing.assert_allclose(filled[0], [1, 2, 3, 4, 5, 6])
    assert cells == [(0, 1), (0, 3), (0, 4)]
    assert np.isnan(filled[1, [0, 5]]).all()
