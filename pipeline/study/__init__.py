"""The typed schema of every spec, read and checked whole before anything runs."""

from pipeline.study.load import load_study
from pipeline.study.paths import Paths, study_paths
from pipeline.study.study import Study

__all__ = ["Paths", "Study", "load_study", "study_paths"]
