"""The bureau's public interface (data.stats.gov.cn), annual data by province,
written as its web export writes them.

A client of our own: the libraries that know the interface fix its address in their code and read
`1,234.5` as missing. The calls and their answers are those of the site since 2026: a tree of
topics, the indicators of a topic, the regions they have, and the numbers.
"""

import io
import json
import os
from collections.abc import Callable
from functools import partial
from typing import Any

from pipeline.fetch.bounds import CHUNK, Bounded, same_scheme
from pipeline.panel.csv_text import csv_text
from pipeline.panel.finding import Where, refusal
from pipeline.study.schema import Bureau

ADDRESS = "https://data.stats.gov.cn/dg/website"
_EXTERNAL = "publicrelease/web/external"
_PROVINCES_BY_YEAR = 6  # the site's code for annual data by province
_ANSWER_BYTES = 100_000_000


def read_bureau(query: Bureau, where: Where, address: str | None = None) -> bytes:
    """A csv file with the indicator by province and year, newest year first,
    values as the bureau prints them.

    address: of the interface; by default the environment's NBS_ADDRESS, else the bureau's. Raises
    Rejected when the interface cannot be reached or knows no such topic, indicator or year.
    """
    import requests

    base = address or os.environ.get("NBS_ADDRESS", ADDRESS)
    try:
        with requests.Session() as session:
            session.headers["User-Agent"] = "Mozilla/5.0 (nqp-uri)"
            session.hooks["response"] = [partial(same_scheme, where=where)]
            return _csv(query, _cells(session, base, query, where))
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise refusal(
            where,
            "nbs-failed",
            f"{base}: {str(error)[:200]}",
            "an answer of the bureau's interface",
            "try again later, or export the table from the site by hand",
        ) from None


def _cells(session: Any, base: str, query: Bureau, where: Where) -> dict[tuple[str, int], str]:
    get = partial(_get, session, base, where)
    topic = _topic(get, query, where)
    listed = get("new/queryIndicatorsByCid", cid=topic, dt="", name="")["list"]
    indicator = _one(listed, query.indicator, ("i_showname", "_name"), where, "indicator")
    areas = get("getDaCatalogTreeByIndicatorCid", indicatorCid=topic)
    area = next((a for a in areas if "全部地区" in str(a.get("name"))), areas[0] if areas else None)
    if area is None:
        raise refusal(
            where,
            "nbs-answer",
            "no regions for this indicator",
            "provinces",
            "choose another indicator",
        )
    regions = get("getDasByDaCatalogId", daCid=area["_id"])
    body = {
        "cid": topic,
        "indicatorIds": [indicator["_id"]],
        "daCatalogId": "",
        "showType": 3,
        "rootId": "",
        "das": [{"text": r["show_name"], "value": r["name_value"]} for r in regions],
        "dts": [f"{query.years[0]}YY-{query.years[1]}YY"],
    }
    address = f"{base}/{_EXTERNAL}/stream/esData"
    answer = session.post(address, json=body, timeout=60, stream=True)
    cells = {
        (str(value.get("area") or value.get("da_name")), _number(year["name"])): (
            "" if value.get("value") is None else str(value["value"])
        )
        for year in _data(answer, where)
        for value in year["values"]
    }
    if not any(cells.values()):
        raise refusal(
            where,
            "nbs-answer",
            f"no numbers for {query.years[0]}-{query.years[1]}",
            "years that the bureau has",
            "change `years`",
        )
    return cells


def _number(name: object) -> int:
    """The year in the bureau's name of it (2023年)."""
    return int("".join(ch for ch in str(name) if ch.isdigit())[:4])


def _topic(get: Callable[..., Any], query: Bureau, where: Where) -> str:
    """The id of the topic at the end of a path such as 国民经济核算 > 地区生产总值."""
    parent = ""
    for name in (part.strip() for part in query.path.split(">")):
        nodes = get("new/queryIndexTreeAsync", pid=parent, code=_PROVINCES_BY_YEAR)
        parent = str(_one(nodes, name, ("name", "_name"), where, "topic")["_id"])
    return parent


def _one(
    nodes: list[dict[str, Any]], name: str, keys: tuple[str, ...], where: Where, what: str
) -> dict[str, Any]:
    names = [next((str(n[k]) for k in keys if n.get(k)), "") for n in nodes]
    if name not in names:
        raise refusal(
            where,
            "nbs-unknown",
            f"no {what} `{name}`; there are: {', '.join(names[:12])}",
            f"a {what} of the bureau",
            "write it as the site does",
        )
    return nodes[names.index(name)]


def _get(session: Any, base: str, where: Where, call: str, **parameters: Any) -> Any:
    address = f"{base}/{_EXTERNAL}/{call}"
    return _data(session.get(address, params=parameters, timeout=60, stream=True), where)


def _data(answer: Any, where: Where) -> Any:
    """What an answer holds; no answer is read without an end."""
    answer.raise_for_status()
    body = io.BytesIO()
    out = Bounded(body, _ANSWER_BYTES, where)
    for piece in answer.iter_content(CHUNK):
        out.write(piece)
    return json.loads(body.getvalue())["data"]


def _csv(query: Bureau, cells: dict[tuple[str, int], str]) -> bytes:
    years = sorted({y for _, y in cells}, reverse=True)
    places = list(dict.fromkeys(p for p, _ in cells))
    rows = [
        [f"指标：{query.indicator}"],
        [f"时间：{years[-1]}-{years[0]}年"],
        ["地区", *(f"{y}年" for y in years)],
        *([place, *(cells.get((place, y), "") for y in years)] for place in places),
        ["数据来源：国家统计局"],
    ]
    return csv_text(["数据库：分省年度数据"], rows, newline="\r\n").encode("utf-8")
