"""A panel pipeline from yearbook files to the report on new quality productivity and urban-rural integration."""

__version__ = "0.2.0"
