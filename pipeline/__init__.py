"""A panel pipeline from yearbook files to the report on a question about a panel of units."""

from pipeline.by_content import install

__version__ = "0.3.0"

install()
