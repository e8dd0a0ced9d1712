"""What fetching refuses and says: whole findings, and the lines that it prints."""

import hashlib
import io
import json

import pytest
import requests

from pipeline.fetch.nbs import read_bureau
from pipeline.fetch.run import run
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study.schema import Bureau, Source
from tests.validate.small import study

CONTENT = b"a file"
HASH = hashlib.sha256(CONTENT).hexdigest()
OTHER = "0" * 64
HERE = Where(file="study.toml", key="sources.0")
CHANGED = (
    "the file at the address has changed: compare it with the one you used, "
    "then correct url or sha256"
)


@pytest.fixture
def fetch(tmp_path, capsys):
    """A function: run the sources (keys of each) from the mirror; what is printed, what is told."""
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror/f.csv").write_bytes(CONTENT)

    def fetched(*sources, mirror=True):
        one = study(
            folder=tmp_path,
            sources=[
                Source(name=f"s{k}", **({"file": "f.csv"} | s)) for k, s in enumerate(sources)
            ],
        )
        findings = []
        try:
            run(one, tmp_path / "mirror" if mirror else None)
        except Rejected as rejected:
            findings = list(rejected.findings)
        return capsys.readouterr().out.replace(str(tmp_path), "."), findings

    return fetched


def refusal(tmp_path, code, found, expected, remedy, k=0):
    where = Where(file=str(tmp_path / "specs/study.toml"), key=f"sources.{k}")
    return Finding(code, "error", where, found, expected, remedy)


def test_what_is_said_of_a_file_from_a_mirror(fetch, tmp_path):
    said, findings = fetch({})
    assert findings == [] and (tmp_path / "data/f.csv").read_bytes() == CONTENT
    assert said == (
        f'  from ./mirror, not verified ./data/f.csv; declare sha256 = "{HASH}" (source `s0`)\n'
        "fetch: 1 files of small\n"
    )
    assert fetch({})[0] == (
        "  there, no hash declared      ./data/f.csv\nfetch: 1 files of small\n"
    )
    assert fetch({"sha256": HASH})[0] == (
        "  there, verified              ./data/f.csv\nfetch: 1 files of small\n"
    )


def test_a_verified_file_asks_for_no_declaration(fetch, tmp_path):
    said, findings = fetch({"sha256": HASH})
    assert findings == [] and "declare" not in said and ", verified " in said


def test_a_file_with_another_hash(fetch, tmp_path):
    said, findings = fetch({"sha256": OTHER})
    assert findings == [
        refusal(tmp_path, "fetch-hash", f"f.csv has the hash {HASH}", OTHER, CHANGED)
    ]
    assert said == f"  {'refused':<28} ./data/f.csv\n" and not (tmp_path / "data/f.csv").exists()


def test_a_file_there_with_another_hash(fetch, tmp_path):
    fetch({})
    _, findings = fetch({"sha256": OTHER})
    path = tmp_path / "data/f.csv"
    assert findings == [
        refusal(
            tmp_path,
            "fetch-changed",
            f"{path} has the hash {HASH}",
            OTHER,
            "it is another file than the study names: move it away and fetch again, "
            "or correct sha256",
        )
    ]


def test_sources_that_share_a_file_must_agree_on_its_hash(fetch, tmp_path):
    said, findings = fetch({"sha256": HASH}, {"sha256": OTHER})
    assert findings == [
        refusal(
            tmp_path, "fetch-hash", "2 different hashes for f.csv", "one", "correct sha256", k=1
        )
    ]
    assert said.count("./data/f.csv") == 1
    assert fetch({"sha256": HASH}, {}, {"file": "none.csv"})[1] == [
        refusal(
            tmp_path,
            "fetch-missing",
            f"no file none.csv below {tmp_path / 'mirror'}",
            "the file",
            "copy it there",
            k=2,
        )
    ]


def test_without_an_address_the_citation_says_where_to_look(fetch, tmp_path):
    _, findings = fetch({"citation": "Yearbook 2012"}, {"file": "g.csv"}, mirror=False)
    assert findings == [
        refusal(
            tmp_path,
            "fetch-no-address",
            f"no address for {name}",
            "`url` or `nbs`",
            f"obtain the file by hand{citation}; or name a folder that holds it: MIRROR=",
            k=k,
        )
        for k, (name, citation) in enumerate([("f.csv", ": Yearbook 2012"), ("g.csv", "")])
    ]


def test_of_two_files_of_one_name_the_declared_one(fetch, tmp_path):
    (tmp_path / "mirror/a").mkdir()
    (tmp_path / "mirror/a/f.csv").write_bytes(b"first in order")
    fetch({"sha256": HASH})
    assert (tmp_path / "data/f.csv").read_bytes() == CONTENT
    (tmp_path / "data/f.csv").unlink()
    fetch({})
    assert (tmp_path / "data/f.csv").read_bytes() == b"first in order"


ANSWERS = {
    "new/queryIndexTreeAsync": [{"_id": "t1", "name": "Output"}, {"_id": "t2", "_name": "People"}],
    "new/queryIndicatorsByCid": {
        "list": [{"_id": "i0", "i_showname": "x"}, {"_id": "i1", "_name": "GDP"}]
    },
    "getDaCatalogTreeByIndicatorCid": [{"_id": "d0", "name": "全部地区"}],
    "getDasByDaCatalogId": [{"show_name": "北京市", "name_value": "110000"}],
    "stream/esData": [
        {
            "name": "2011年",
            "values": [{"area": "北京市", "value": 1.5}, {"da_name": "天津市", "value": None}],
        },
        {"name": "2012年", "values": [{"area": "北京市", "value": 2.5}]},
    ],
}


class Session:
    """The bureau's interface, answering as told; `asked` is what it was asked."""

    def __init__(self, answers, status=200):
        self.answers, self.status, self.asked = answers, status, []
        self.headers, self.hooks = {}, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def get(self, address, params, timeout, stream):
        return self._answer(address, params, timeout)

    def post(self, address, json, timeout, stream):
        return self._answer(address, json, timeout)

    def _answer(self, address, sent, timeout):
        call = address.removeprefix("http://bureau/publicrelease/web/external/")
        self.asked.append((call, sent, timeout))
        answer = requests.Response()
        answer.status_code = self.status if call == "stream/esData" else 200
        answer.raw = io.BytesIO(json.dumps({"data": self.answers[call]}).encode())
        return answer


@pytest.fixture
def bureau(monkeypatch):
    """A function: what the bureau's client makes of the answers, and the session."""

    def ask(status=200, path="Output", **changes):
        session = Session(ANSWERS | changes, status)
        monkeypatch.setattr(requests, "Session", lambda: session)
        query = Bureau(path=path, indicator="GDP", years=[2011, 2012])
        try:
            return read_bureau(query, HERE, "http://bureau").decode("utf-8-sig"), session
        except Rejected as rejected:
            return rejected.findings[0], session

    return ask


def test_what_the_bureau_is_asked_and_the_file_that_is_written(bureau):
    text, session = bureau()
    assert text == (
        "数据库：分省年度数据\r\n指标：GDP\r\n时间：2011-2012年\r\n地区,2012年,2011年\r\n"
        "北京市,2.5,1.5\r\n天津市,,\r\n数据来源：国家统计局\r\n"
    )
    assert session.headers == {"User-Agent": "Mozilla/5.0 (nqp-uri)"}
    assert session.asked == [
        ("new/queryIndexTreeAsync", {"pid": "", "code": 6}, 60),
        ("new/queryIndicatorsByCid", {"cid": "t1", "dt": "", "name": ""}, 60),
        ("getDaCatalogTreeByIndicatorCid", {"indicatorCid": "t1"}, 60),
        ("getDasByDaCatalogId", {"daCid": "d0"}, 60),
        (
            "stream/esData",
            {
                "cid": "t1",
                "indicatorIds": ["i1"],
                "daCatalogId": "",
                "showType": 3,
                "rootId": "",
                "das": [{"text": "北京市", "value": "110000"}],
                "dts": ["2011YY-2012YY"],
            },
            60,
        ),
    ]


def test_the_first_regions_where_none_are_called_all(bureau):
    _, session = bureau(getDaCatalogTreeByIndicatorCid=[{"_id": "d5"}, {"_id": "d6"}])
    assert session.asked[3][1] == {"daCid": "d5"}


def test_what_the_bureau_cannot_answer(bureau):
    def refused(code, *words):
        return Finding(code, "error", HERE, *words)

    no_regions = ("no regions for this indicator", "provinces", "choose another indicator")
    assert bureau(getDaCatalogTreeByIndicatorCid=[])[0] == refused("nbs-answer", *no_regions)
    none = [{"name": "2011年", "values": [{"area": "北京市", "value": None}]}]
    no_numbers = ("no numbers for 2011-2012", "years that the bureau has", "change `years`")
    assert bureau(**{"stream/esData": none})[0] == refused("nbs-answer", *no_numbers)
    said = "no topic `Prices`; there are: Output, People"
    as_site = "write it as the site does"
    unknown = refused("nbs-unknown", said, "a topic of the bureau", as_site)
    assert bureau(path="Prices")[0] == unknown
    failed, _ = bureau(status=503)
    assert failed == refused(
        "nbs-failed",
        "http://bureau: 503 Server Error: None for url: None",
        "an answer of the bureau's interface",
        "try again later, or export the table from the site by hand",
    )


def test_a_dozen_topics_are_named(bureau):
    topics = [{"_id": str(k), "name": f"t{k}"} for k in range(13)]
    refused, _ = bureau(path="t99", **{"new/queryIndexTreeAsync": topics})
    assert refused.found.endswith("t10, t11")
