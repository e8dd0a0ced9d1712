"""What label columns are usually called: 地区, year, 指标, 单位, code."""

import re

_ROLES = {
    "place": "地区 地区名称 省份 省份名称 省 省市 省区市 省市区 省市自治区 城市 城市名称 地市 市 区县 县 县域 行政区 行政区域 所属省份 所在省份 区域 province prov "
    "province_name provname prvcnm region region_name reg area city county name district",
    "year": "年 年份 年度 时间 统计年度 会计年度 统计截止日期 日期 year yr time date period sgnyear",
    "variable": "指标 指标名称 变量 变量名 变量名称 项目 indicator variable variables item series series_name 指标名",
    "value": "数值 值 数据 指标值 取值 value val obs_value amount",
    "unit": "单位 计量单位 unit units",
    "code": "id 序号 编号 代码 行政区划代码 行政代码 地区代码 地区编码 省份代码 省代码 城市代码 区划代码 县域代码 code adcode region_code prvcd 编码 no",
}
_ROLE_OF = {name.replace("_", ""): role for role, names in _ROLES.items() for name in names.split()}


def role_of(text: str) -> str | None:
    """The role that a heading names: place, year, variable, value, unit or code;
    None for others."""
    return _ROLE_OF.get(re.sub(r"[\s_]+", "", text).lower())
