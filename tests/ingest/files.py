"""Small files of gross product and the row of the codebook that names them."""

from pipeline.panel.finding import Where

GDP = {"header": "地区生产总值", "unit": "100m yuan", "source_unit": "亿元"}


def wide(rows, heading="地区生产总值(亿元)"):
    """A file with years across, its heading above."""
    return {"f.csv": [[heading], ["地区", 2011, 2012], *rows]}


TWO = [["北京", 1.5, 2.5], ["天津市", "3.5", "--"]]


def where(cell, file="f.csv", **keys):
    return Where(file, "f", cell, **keys)
