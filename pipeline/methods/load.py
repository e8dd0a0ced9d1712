"""Opens a study with the schemas that the methods bring."""

from pipeline.methods.discover import kind_of, methods
from pipeline.study.load import Schemas, load_study
from pipeline.study.paths import Paths
from pipeline.study.study import Study


def open_study(paths: Paths) -> Study:
    """The study of a spec folder. Raises Rejected with every problem of every spec file."""
    tables = {kind_of(m.table_spec): m.table_spec for m in methods() if m.table_spec}
    figures = {kind_of(m.figure_spec): m.figure_spec for m in methods() if m.figure_spec}
    return load_study(paths, Schemas(tables, figures))
