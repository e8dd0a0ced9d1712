"""What an address may not do: send without end, slowly for ever, or elsewhere; and no source may
stand outside the data folder."""

import gzip
import io
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from pipeline.fetch import run as fetching
from pipeline.fetch.bounds import same_scheme
from pipeline.fetch.run import run
from pipeline.panel.finding import Rejected, Where
from pipeline.simulate.run import run as simulate
from pipeline.study.schema import Source
from tests.validate.small import study

MOST = 100_000
ZEROS = bytes(40 * MOST)


def zipped(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    return out.getvalue()


# Path -> headers and body of the answer.
ANSWERS = {
    "/small": ({}, b"a file"),
    "/large": ({}, ZEROS),
    "/transfer": ({"Content-Encoding": "gzip"}, gzip.compress(ZEROS)),
    "/packed.gz": ({}, gzip.compress(ZEROS)),
    "/packed.zip": ({}, zipped(ZEROS)),
    "/fits.zip": ({}, zipped(b"a file")),
    "/short": ({"Content-Length": "100"}, b"half a fi"),
    "/to_small": ({"Location": "/small"}, b""),
    "/to_file": ({"Location": "file:///etc/hostname"}, b""),
    "/to_ftp": ({"Location": "ftp://127.0.0.1/x"}, b""),
    "/to_https": ({"Location": "https://127.0.0.1/x"}, b""),
}


class Server(BaseHTTPRequestHandler):
    asked: list = []

    def do_GET(self):
        Server.asked.append(self.path)
        if self.path == "/slow":
            return self._drip()
        headers, body = ANSWERS[self.path]
        self.send_response(302 if "Location" in headers else 200)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        return self._write(body)

    def _drip(self):
        """A body that never ends, a byte every few milliseconds."""
        self.send_response(200)
        self.end_headers()
        while self._write(b"x"):
            time.sleep(0.02)

    def _write(self, body):
        try:
            self.wfile.write(body)
        except OSError:
            return False
        return True

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def fetch(tmp_path, address):
    """A function from a path at the server to the codes of what fetching it finds wrong."""

    def fetched(path, most=MOST, **keys):
        url = f"{address}{path}"
        source = Source(**({"name": "s", "file": "f.csv", "url": url, "max_bytes": most} | keys))
        try:
            run(study(folder=tmp_path, sources=[source]))
        except Rejected as rejected:
            return [f.code for f in rejected.findings], str(rejected)
        return [], ""

    return fetched


def files(folder):
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("path", ["/large", "/transfer", "/packed.gz", "/packed.zip"])
def test_more_bytes_than_are_allowed(fetch, tmp_path, path):
    codes, told = fetch(path)
    assert codes == ["fetch-too-large"] and f"more than {MOST:,} bytes" in told
    assert files(tmp_path) == []


def test_what_fits_is_taken(fetch, tmp_path):
    assert fetch("/large", most=len(ZEROS))[0] == []
    assert (tmp_path / "data/f.csv").read_bytes() == ZEROS
    assert fetch("/fits.zip", file="b.zip")[0] == []
    assert fetch("/packed.gz", file="c.gz", most=len(ZEROS))[0] == []
    assert files(tmp_path) == ["b.zip", "c.gz", "f.csv"]


def test_two_gigabytes_unless_the_source_says_otherwise():
    assert Source(name="s", file="f.csv").max_bytes == 2_000_000_000


def test_a_server_that_sends_slowly_for_ever(fetch, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    before = time.monotonic()
    codes, told = fetch("/slow")
    assert codes == ["fetch-late"] and "not whole after 0.3 seconds" in told
    assert time.monotonic() - before < 5 and files(tmp_path) == []


def test_half_a_file_is_none(fetch, tmp_path):
    assert fetch("/short")[0] == ["fetch-failed"] and files(tmp_path) == []


@pytest.mark.parametrize("path", ["/to_file", "/to_ftp", "/to_https"])
def test_an_address_leads_to_no_other_scheme(fetch, tmp_path, path):
    codes, told = fetch(path)
    assert codes == ["fetch-redirect"] and ANSWERS[path][0]["Location"] in told
    assert files(tmp_path) == []


def test_an_address_may_lead_on_by_its_own_scheme(fetch, tmp_path):
    assert fetch("/to_small")[0] == [] and (tmp_path / "data/f.csv").read_bytes() == b"a file"


@pytest.mark.parametrize(
    ("location", "followed"),
    [("http://x.org/a", False), ("https://y.org/a", True), ("//y.org/a", True), ("b", True)],
)
def test_https_leads_to_no_http(location, followed):
    answer = requests.Response()
    answer.url, answer.status_code = "https://x.org/a", 302
    answer.headers["location"] = location
    if followed:
        return same_scheme(answer, Where())
    with pytest.raises(Rejected, match="fetch-redirect"):
        same_scheme(answer, Where())
    return None


@pytest.mark.parametrize(
    "file", ["../f.csv", "/tmp/f.csv", "link/f.csv", "link.csv", ".", "a.zip/../../f.csv"]
)
def test_no_source_stands_outside_the_data_folder(tmp_path, address, file):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/link").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "data/link.csv").symlink_to(tmp_path / "not_there.csv")
    sources = [
        Source(name=name, file=place, url=f"{address}/small")
        for name, place in (("a", "a.csv"), ("b", file))
    ]
    one, before = study(folder=tmp_path, sources=sources), len(Server.asked)
    for write in (run, simulate):
        with pytest.raises(Rejected) as rejected:
            write(one)
        (finding,) = rejected.value.findings
        assert finding.code == "source-outside" and finding.where.key == "sources.1.file"
        assert f"`{file}`" in finding.found
    assert files(tmp_path) == [] and len(Server.asked) == before


def test_a_folder_of_the_data_and_data_behind_a_link_are_inside(tmp_path, address):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    source = Source(name="s", file="deep/../deeper/f.csv", url=f"{address}/small")
    run(study(folder=tmp_path, sources=[source]))
    assert (tmp_path / "elsewhere/deeper/f.csv").is_file()


@pytest.mark.parametrize("file", ["", "a\nb.csv", "a\x00.csv", "\x1b[31m.csv"])
def test_no_name_of_a_file_holds_control_characters(file):
    with pytest.raises(ValueError, match="file"):
        Source(name="s", file=file)


def test_one_line_for_each_file_that_is_not_verified(tmp_path, address, capsys):
    names = ("a.csv", "b.csv")
    sources = [Source(name=n[0], file=n, url=f"{address}/small") for n in names]
    run(study(folder=tmp_path, sources=sources))
    lines = capsys.readouterr().out.splitlines()[:-1]
    assert len(lines) == 2
    for name, line in zip(names, lines, strict=True):
        assert "downloaded, not verified" in line and name in line and "declare sha256 = " in line
