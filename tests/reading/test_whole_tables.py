"""What the reader makes of sheets as yearbooks print them, whole: every series, every remark.

REGENERATE=1 writes the kept text anew; `git diff` then shows what is read otherwise.
"""

from pathlib import Path

from pipeline.reading.labels import Hints
from pipeline.reading.series import read_series
from pipeline.reading.sheet import Sheet
from tests.validate.small import check_kept

SHEETS = {
    "a title with unit and year, a remark, a footer": [
        ["表3-1 2015年各地区财政收支"],
        ["单位：亿元"],
        ["(按当年价格计算)"],
        ["地区", "收入", "支出", "收入增速"],
        [],
        ["全国", 1000, 2000, 3],
        ["北京", 1.5, 2.5, 3.5],
        ["天津①", "1,234.5", "--", "…"],
        ["注：2014年调整口径"],
        ["数据来源：财政部", None, 5],
    ],
    "stacked headers with years under groups, numbered columns": [
        ["地区", "就业人员", "", "工资", ""],
        ["", "(万人)", "", "(元)", ""],
        ["", "2014年", "2015年", "2014年", "2015年"],
        ["甲", 1, 2, 3, 4],
        ["北京", 1.5, 2.5, 3.5, 4.5],
        ["天津", 5.5, 6.5, 7.5, 8.5],
    ],
    "stacked headers of a text file": [
        ["地区", "就业人员(万人)", "", "工资(元)", "", "位次"],
        ["", "2014年", "2015年", "2014年", "2015年", ""],
        ["北京", 1.5, 2.5, 3.5, 4.5, 1],
        ["天津", 5.5, 6.5, 7.5, 8.5, 2],
    ],
    "two tables below each other, the second under its own title": [
        ["2015年人口"],
        ["单位:万人"],
        ["地区", "年末人口", "城镇人口"],
        ["北京", 2170, 1877],
        ["天津", 1547, 1278],
        [],
        ["续表"],
        ["地区", "乡村人口"],
        ["北京", 293],
        ["天津", 269],
        [],
        ["2014年教育"],
        ["地区", "学校(所)"],
        ["北京", 89],
    ],
    "halves side by side": [
        ["2016年"],
        ["地区", "GDP(亿元)", "地区", "GDP(亿元)"],
        ["北京", 1.5, "河南", 11.5],
        ["天津", 2.5, "湖北", 12.5],
        ["河北", 3.5, "湖南", 13.5],
    ],
    "provinces across, years down, a misspelt one": [
        ["地区生产总值(亿元)"],
        ["年份", "北京", "天津", "浙将"],
        [2014, 1.5, 2.5, 3.5],
        ["2015年", 4.5, 5.5, 6.5],
        ["去年", 7.5, 8.5, 9.5],
    ],
    "a long table with indicators, units and flags": [
        ["指标", "地区", "年份", "单位", "数值", "标记"],
        ["GDP", "北京", 2014, "亿元", 1.5, ""],
        ["GDP", "天津", 2014, "亿元", 2.5, "e"],
        ["人口", "北京", 2014, "万人", 3.5, ""],
        ["", "天津", 2014, "万人", 4.5, ""],
        ["人口", "天津", "2015?", "万人", 5.5, "p"],
    ],
    "indicators down a province, years across": [
        ["指标", "2014年", "2015年"],
        ["地区生产总值(亿元)", 1.5, 2.5],
        ["医院数(个)", 1998, 2001],
        ["数据来源：国家统计局"],
    ],
    "years in headings": [
        ["省份", "gdp2014", "gdp2015", "pop_2014", "人口(2014年)", "area"],
        ["北京", 1.5, 2.5, 3.5, 4.5, 5.5],
        ["天津", 1.6, 2.6, 3.6, 4.6, 5.6],
    ],
    "codes of provinces, a column without a heading": [
        ["code", "year", "gdp"],
        ["110000", 2014, 1.5, 9.5],
        ["120000", 2014, 2.5, 9.6],
        ["130000", 2015, 3.5, 9.7],
    ],
    "city beside province beside region": [
        ["区域", "省份", "城市", "年份", "GDP(亿元)"],
        ["东部", "河北", "石家庄", 2014, 1.5],
        ["东部", "河北", "唐山", 2014, 2.5],
        ["中部", "山西", "太原", 2014, 3.5],
    ],
    "years under a heading that does not say so": [
        ["地区", "时点", "GDP(亿元)"],
        ["北京", "2014年", 1.5],
        ["天津", "2014年", 2.5],
    ],
    "one heading above the labels, their own below": [
        ["地区", "地区", "GDP"],
        ["省份", "年份", "(亿元)"],
        ["北京", 2014, 1.5],
        ["天津", 2015, 2.5],
    ],
    "labels merged down": [
        ["地区", "年份", "GDP"],
        ["北京", 2014, 1.5],
        [None, 2015, 2.5],
        ["天津", 2014, 3.5],
    ],
    "neither province nor year": [["hello", "world"], ["no", "panel"]],
    "no year": [["地区", "GDP"], ["北京", 1.5], ["天津", 2.5]],
    "no province": [["指标", 2014, 2015], ["GDP", 1.5, 2.5], ["人口", 3.5, 4.5]],
    "years from last to first": [["地区", 2015, 2014, 2013], ["北京", 3, 2, 1], ["天津", 6, 5, 4]],
    "a growth rate under a unit": [
        ["单位：亿元"],
        ["地区", "2014年", "2015年"],
        ["北京", 1.5, 2.5],
        ["指数(上年=100)"],
        ["地区", "2014年", "2015年"],
        ["北京", 101, 102],
    ],
}
MERGED = {
    "labels merged down": ((1, 0, 2, 0), (3, 0, 3, 0)),
    "stacked headers with years under groups, numbered columns": ((0, 1, 0, 2), (0, 3, 0, 4)),
}
FILES = {
    "indicators down a province, years across": ("北京", "f.xlsx"),
    "no year": ("GDP", "x/2013年.csv"),
}


def lines(contents):
    """Every series in three lines, every remark in one."""
    for s in contents.series:
        yield f"{' | '.join(s.names)} [{s.unit}] at {s.heading}{'' if s.titled else ', untitled'}"
        cells = []
        for i, cell in enumerate(s.cells):
            flag = f" {s.flags[i]}" if s.flags and s.flags[i] else ""
            place = f"{s.places[s.place[i]]}@{s.place_address(i)}"
            cells.append(f"{place} {s.year[i]} {s.address(i)}={cell!r}{flag}")
        yield f"    {'; '.join(cells)}"
    for u in contents.unread:
        yield f"not read: {u.kind} {u.file} {u.sheet} {u.cell or '-'} {u.text}"


def read(title):
    name, file = FILES.get(title, ("S1", "folder/f.xlsx"))
    rows = [list(row) for row in SHEETS[title]]
    hints = Hints(flag="标记") if "flags" in title else Hints()
    return read_series([Sheet(file, name, rows, MERGED.get(title, ()))], hints)


def test_what_is_read_of_whole_sheets():
    text = "".join(f"# {t}\n" + "\n".join(lines(read(t))) + "\n\n" for t in SHEETS)
    check_kept(Path(__file__).parent / "kept/tables.txt", text)
