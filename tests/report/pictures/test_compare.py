"""The comparison of pictures notices what a reader would notice, and no more."""

import io

import pytest
from PIL import Image, ImageDraw

from tests.report.pictures.compare import difference


def picture(*bars, noise=0, size=(200, 100)):
    image = Image.new("RGB", size, (255 - noise, 255, 255))
    for bar in bars:
        ImageDraw.Draw(image).rectangle(bar, fill="#1f5a85")
    file = io.BytesIO()
    image.save(file, "png")
    return file.getvalue()


def test_a_picture_is_like_itself_and_a_faint_tint_is_let_pass():
    here = (20, 40, 60, 90)
    assert difference(picture(here), picture(here)).mean == 0
    assert difference(picture(here), picture(here, noise=1)).within()


def test_a_moved_bar_is_noticed():
    moved = difference(picture((20, 40, 60, 90)), picture((24, 40, 64, 90)))
    # 4 columns of 51 pixels uncovered on one side, 4 covered on the other.
    assert moved.share == pytest.approx(2 * 4 * 51 / 20000)
    assert not moved.within()


def test_pictures_of_other_sizes_are_refused():
    with pytest.raises(ValueError, match="different sizes"):
        difference(picture(), picture(size=(200, 101)))
