"""Where the 31 provincial capitals lie: points that stand for provinces on maps and in spatial
statistics."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Capital:
    """The seat of a provincial government; degrees east and north, two decimals (about a
    kilometre)."""

    en: str
    zh: str
    longitude: float
    latitude: float


# City centres as in GeoNames (geonames.org, CC BY 4.0), rounded. Municipalities are their own
# capital.
_TABLE = """
Beijing|Beijing|北京|116.40|39.91
Tianjin|Tianjin|天津|117.18|39.14
Hebei|Shijiazhuang|石家庄|114.48|38.04
Shanxi|Taiyuan|太原|112.56|37.87
Inner Mongolia|Hohhot|呼和浩特|111.65|40.81
Liaoning|Shenyang|沈阳|123.43|41.79
Jilin|Changchun|长春|125.32|43.88
Heilongjiang|Harbin|哈尔滨|126.65|45.75
Shanghai|Shanghai|上海|121.46|31.22
Jiangsu|Nanjing|南京|118.78|32.06
Zhejiang|Hangzhou|杭州|120.16|30.29
Anhui|Hefei|合肥|117.28|31.86
Fujian|Fuzhou|福州|119.31|26.06
Jiangxi|Nanchang|南昌|115.85|28.68
Shandong|Jinan|济南|117.00|36.67
Henan|Zhengzhou|郑州|113.65|34.76
Hubei|Wuhan|武汉|114.27|30.58
Hunan|Changsha|长沙|112.97|28.20
Guangdong|Guangzhou|广州|113.25|23.12
Guangxi|Nanning|南宁|108.32|22.82
Hainan|Haikou|海口|110.35|20.03
Chongqing|Chongqing|重庆|106.56|29.56
Sichuan|Chengdu|成都|104.07|30.67
Guizhou|Guiyang|贵阳|106.72|26.58
Yunnan|Kunming|昆明|102.72|25.04
Tibet|Lhasa|拉萨|91.10|29.65
Shaanxi|Xi'an|西安|108.93|34.26
Gansu|Lanzhou|兰州|103.84|36.06
Qinghai|Xining|西宁|101.76|36.63
Ningxia|Yinchuan|银川|106.27|38.47
Xinjiang|Urumqi|乌鲁木齐|87.60|43.80
"""


def _parse(line: str) -> tuple[str, Capital]:
    province, en, zh, longitude, latitude = line.split("|")
    return province, Capital(en, zh, float(longitude), float(latitude))


CAPITALS: dict[str, Capital] = dict(_parse(line) for line in _TABLE.strip().splitlines())
