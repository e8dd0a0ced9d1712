"""Chains: paths that add up, another treatment's labels."""

import pytest

from pipeline.methods.mechanisms.chain.spec import ChainTable
from tests.methods.estimated import TITLE, result_of, table_of, words_of

NAME = "tables/08_chain"


def test_paths_add_up_to_the_total(found):
    for c in found(NAME).chains:
        paths = (c.through_first, c.through_second, c.through_both, c.direct)
        assert sum(p.value for p in paths) == pytest.approx(c.total.value, rel=1e-12)


def test_the_two_ends_of_a_chain_are_its_mediators(found, demo):
    assert [[c.first, c.second] for c in found(NAME).chains] == demo.tables[NAME].chains


def test_another_treatment_and_outcome_say_their_labels(demo, demo_panel):
    keys = {"outcome": "uri_people", "treatment": "nqp_digital"}
    chains = [["upgrading", "efficiency"]]
    spec = ChainTable.model_validate(
        {"kind": "chain", "title": TITLE, "model": keys, "chains": chains}
    )
    result = result_of(demo, demo_panel, spec)
    for language in ("en", "zh"):
        table = table_of(demo, result, spec, language)
        rows = {row.key: row for row in table.rows}
        for variable in keys.values():
            label = demo.label(variable, language)
            assert label in words_of(table)
            assert label in rows["total"].label
        assert rows["through_both/interval"].cells[0].low == result.chains[0].through_both.low
