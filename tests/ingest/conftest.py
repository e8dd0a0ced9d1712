"""A function that takes csv files into the raw panel of a small study."""

import pytest

from pipeline.ingest.run import read_sources
from pipeline.study.schema import Source
from tests.validate.small import study


@pytest.fixture
def ingested(tmp_path):
    """A function: the raw panel and the findings of csv files (name -> rows) in the study."""

    def ingest(files, *variables, **keys):
        (tmp_path / "data").mkdir(exist_ok=True)
        for name, rows in files.items():
            text = "\n".join(",".join(map(str, row)) for row in rows)
            (tmp_path / "data" / name).write_text(text, encoding="utf-8")
        sources = [Source(name="first", file=next(iter(files)))]
        keys = {"sources": sources, "folder": tmp_path} | keys
        return read_sources(study(*variables, **keys))

    return ingest
