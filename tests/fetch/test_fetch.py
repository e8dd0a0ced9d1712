"""Fetching against a server on the loopback: what is downloaded, verified, refused;
the bureau's interface replayed."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

from pipeline.__main__ import main
from pipeline.fetch.nbs import read_bureau
from pipeline.panel.finding import Rejected, Where
from pipeline.reading.cells import parse_number
from pipeline.reading.containers import read_sheets
from pipeline.reading.series import read_series
from pipeline.study.schema import Bureau
from tests.conftest import ROOT

FILE = "地区,年份,数值\n北京,2011,1\n".encode()
HASH = hashlib.sha256(FILE).hexdigest()
# The answers of the interface, cut down to what a client needs; the numbers are made up.
TREE = {
    "": [{"_id": "t1", "name": "国民经济核算"}, {"_id": "t0", "name": "人口"}],
    "t1": [{"_id": "t2", "name": "地区生产总值"}],
}
REGIONS = [
    {"show_name": n, "name_value": v}
    for n, v in (("北京市", "110000"), ("天津市", "120000"), ("河北省", "130000"))
]
VALUES = {2023: ("1,300.5", "200", "100"), 2022: ("290", "190", "90"), 2021: ("280", "180", "")}


class Server(BaseHTTPRequestHandler):
    seen: list = []

    def do_GET(self):
        url = urlparse(self.path)
        query = {k: v[0] for k, v in parse_qs(url.query).items()}
        call = url.path.rsplit("/", 1)[-1]
        Server.seen.append((call, query))
        if call == "file.csv":
            return self._send(FILE)
        answers = {
            "queryIndexTreeAsync": lambda: TREE.get(query.get("pid", ""), []),
            "queryIndicatorsByCid": lambda: {
                "list": [{"_id": "i1", "i_showname": "地区生产总值(亿元)"}]
            },
            "getDaCatalogTreeByIndicatorCid": lambda: [
                {"_id": "d0", "name": "省会"},
                {"_id": "d1", "name": "全部地区"},
            ],
            "getDasByDaCatalogId": lambda: REGIONS if query.get("daCid") == "d1" else [],
        }
        if call not in answers:
            return self.send_error(404)
        return self._send(json.dumps({"data": answers[call]()}, ensure_ascii=False).encode())

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Server.seen.append(("esData", body))
        assert (
            isinstance(body["dts"], list)
            and body["daCatalogId"] == ""
            and body["das"][0] == {"text": "北京市", "value": "110000"}
        )
        first, last = (int(y[:4]) for y in body["dts"][0].split("-"))
        data = [
            {
                "name": f"{y}年",
                "values": [
                    {"area": r["show_name"], "i_showname": "地区生产总值(亿元)", "value": v}
                    for r, v in zip(REGIONS, row, strict=True)
                ],
            }
            for y, row in VALUES.items()
            if first <= y <= last
        ]
        self._send(json.dumps({"data": data}, ensure_ascii=False).encode())

    def _send(self, content):
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def declare(workspace, keys):
    workspace.edit("specs/demo/study.toml", 'file = "survey.dta"', f'file = "file.csv"\n{keys}')


def test_a_file_is_downloaded_and_verified(workspace, address):
    declare(workspace, f'url = "{address}/file.csv"\nsha256 = "{HASH}"')
    assert workspace.run("fetch")[0] == 0
    assert (workspace.data / "file.csv").read_bytes() == FILE
    before = len(Server.seen)
    # What is there is not fetched again.
    assert workspace.run("fetch")[0] == 0 and len(Server.seen) == before


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('url = "{}/file.csv"\nsha256 = "' + "0" * 64 + '"', ["fetch-hash", HASH, "changed"]),
        ('url = "{}/gone.csv"', ["fetch-failed", "404", "MIRROR"]),
        ('url = "http://127.0.0.1:9/x"', ["fetch-failed", "MIRROR"]),
        ("", ["fetch-no-address", "by hand"]),
    ],
)
def test_what_cannot_be_had_or_verified_is_not_written(workspace, address, keys, said):
    declare(workspace, keys.format(address))
    status, message = workspace.run("fetch")
    assert status == 1 and not (workspace.data / "file.csv").exists() and "Traceback" not in message
    for text in said:
        assert text in message


def test_a_file_that_is_another_is_never_overwritten(workspace, address):
    declare(workspace, f'url = "{address}/file.csv"\nsha256 = "{HASH}"')
    (workspace.data / "file.csv").write_text("mine", encoding="utf-8")
    status, message = workspace.run("fetch")
    assert (
        status == 1
        and "fetch-changed" in message
        and (workspace.data / "file.csv").read_text(encoding="utf-8") == "mine"
    )


def test_a_mirror_takes_the_networks_place(workspace, tmp_path):
    declare(workspace, f'url = "http://127.0.0.1:9/file.csv"\nsha256 = "{HASH}"')
    (tmp_path / "mirror/deep").mkdir(parents=True)
    (tmp_path / "mirror/file.csv").write_text("another of that name", encoding="utf-8")
    (tmp_path / "mirror/deep/file.csv").write_bytes(FILE)
    assert main(["fetch", "demo", "--mirror", str(tmp_path / "mirror")]) == 0
    assert (workspace.data / "file.csv").read_bytes() == FILE


def test_the_real_study_from_the_reference_data(shared, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert main(["fetch", "china", "--data", str(tmp_path), "--mirror", str(shared / "data")]) == 0
    assert (tmp_path / "panel_tidy_long.csv").read_bytes() == (
        shared / "data/china_panel/panel_tidy_long.csv"
    ).read_bytes()


def query(**changes):
    return Bureau(
        **(
            {
                "path": "国民经济核算 > 地区生产总值",
                "indicator": "地区生产总值(亿元)",
                "years": [2021, 2023],
            }
            | changes
        )
    )


def test_the_bureau_gives_a_file_that_reads_back(address, tmp_path):
    (tmp_path / "nbs.csv").write_bytes(read_bureau(query(), Where(), f"{address}/dg/website"))
    (series,) = read_series(read_sheets(tmp_path / "nbs.csv")).series
    assert series.unit == "亿元"
    values = {
        (series.places[p], int(y)): parse_number(c)
        for p, y, c in zip(series.place, series.year, series.cells, strict=True)
    }
    assert (
        values["北京市", 2023] == 1300.5
        and values["天津市", 2022] == 190
        and values["河北省", 2021] is None
        and len(values) == 9
    )


def test_an_answer_that_a_spreadsheet_would_run_is_escaped(address, monkeypatch):
    monkeypatch.setitem(VALUES, 2023, ("=HYPERLINK(1)", "-5.2", "@x"))
    text = read_bureau(query(), Where(), f"{address}/dg/website").decode("utf-8-sig")
    assert (
        "北京市,'=HYPERLINK(1),290" in text
        and "天津市,-5.2,190" in text
        and "河北省,'@x,90" in text
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"path": "国民经济核算 > 工业"}, "no topic `工业`; there are: 地区生产总值"),
        ({"indicator": "人均GDP"}, "no indicator `人均GDP`"),
        ({"years": [1980, 1981]}, "no numbers for 1980-1981"),
    ],
)
def test_what_the_bureau_does_not_know(address, changes, said):
    with pytest.raises(Rejected, match=said.replace("(", r"\(")):
        read_bureau(query(**changes), Where(), f"{address}/dg/website")


def test_a_study_may_name_a_query(workspace, address, monkeypatch):
    monkeypatch.setenv("NBS_ADDRESS", f"{address}/dg/website")
    declare(
        workspace,
        'nbs = { path = "国民经济核算 > 地区生产总值", indicator = "地区生产总值(亿元)", '
        "years = [2021, 2023] }",
    )
    assert workspace.run("fetch")[0] == 0
    assert '北京市,"1,300.5",290,280' in (workspace.data / "file.csv").read_text(
        encoding="utf-8-sig"
    )


def test_nothing_is_downloaded_unasked(workspace, address):
    declare(workspace, f'url = "{address}/file.csv"')
    before = len(Server.seen)
    status, message = workspace.run("ingest", "validate")
    assert status == 1 and "file-missing" in message and len(Server.seen) == before
