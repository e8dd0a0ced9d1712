"""A short version of the Monte Carlo study, with a fixed seed; the long one is `make coverage`."""

import tomllib

import numpy as np

from benchmarks.coverage import INTERVALS, SINGLE, TESTS, one, report
from tests.conftest import ROOT


def test_size_and_coverage_of_the_methods():
    """150 panels: bounds are 3.5 Monte Carlo errors wide around what the long study found."""
    null = [one(s, 0.4, 0.0, draws=499) for s in range(150)]
    coverage, rejects, _ = (np.mean([r[k] for r in null], axis=0) for k in range(3))
    assert (coverage > 0.86).all() and len(coverage) == len(INTERVALS)
    size = dict(zip(TESTS, rejects, strict=True))
    assert size["joint wild"] < 0.12 and size["joint CRV1"] < 0.13
    single = dict(
        zip(
            SINGLE,
            np.mean([one(s, 0.0, 0.0, draws=499)[2] for s in range(150)], axis=0),
            strict=True,
        )
    )
    assert single["WCR31"] < 0.12 and single["permuted paths"] < 0.12


def test_the_page_names_what_its_numbers_show():
    rows = []
    for design in ("a = b = 0", "a = 0.4, b = 0", "a = b = 0.15", "a = b = 0.4"):
        rows += [
            {
                "design": design,
                "what": "coverage of a*b",
                "method": m,
                "share": 0.95 if m == "BCa" else 0.90,
            }
            for m in INTERVALS
        ]
        rows += [
            {
                "design": design,
                "what": "rejects a*b = 0",
                "method": m,
                "share": 0.05 if m == "joint wild" else 0.09,
            }
            for m in TESTS
        ]
    rows += [
        {
            "design": "a = b = 0",
            "what": "rejects a = 0",
            "method": m,
            "share": 0.05 if m == "CRV3" else 0.09,
        }
        for m in SINGLE
    ]
    page = report(rows, 100)
    assert (
        "the `BCa` interval is closest" in page
        and "`joint wild` has the most power" in page
        and "`CRV3` is closest" in page
    )


def test_the_report_sends_to_the_page_that_the_committed_study_wrote():
    words = (ROOT / "pipeline/publish/document/words.toml").read_text(encoding="utf-8")
    said = tomllib.loads(words)["methods_mechanisms"]
    assert all("reports/methods/coverage.md" in text for text in said.values())
    page = (ROOT / "reports/methods/coverage.md").read_text(encoding="utf-8")
    assert "the `percentile` interval is closest to its nominal coverage" in page
