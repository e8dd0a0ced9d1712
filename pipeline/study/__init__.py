"""The typed schema of every spec, read and checked whole before anything runs. Knows no method."""

from pipeline.study.paths import Paths, study_paths
from pipeline.study.study import Study

__all__ = ["Paths", "Study", "study_paths"]
