"""What any table or figure spec may choose: a sample and a model."""

from typing import Literal

from pipeline.study.closed import Closed, Name, Text
from pipeline.study.schema import Region, Year, Years

Effect = Literal["province", "year"]
Side = Literal["north", "south", "southeast_of_hu", "northwest_of_hu"]


class Sample(Closed):
    """Which part of the panel a model uses; every key narrows it.

    side: of the Qinling-Huaihe line, or of Hu Huanyong's line by whole provinces
    high, low: provinces whose mean of the variable is above, or not above, the median of the
    province means
    """

    without: list[str] = []
    without_years: list[Year] = []
    regions: list[Region] = []
    provinces: list[str] = []
    years: Years | None = None
    side: Side | None = None
    high: list[Name] = []
    low: list[Name] = []


class ModelChoice(Closed):
    """What a column may choose; what it leaves out comes from the table's [model], then from the
    study's roles."""

    label: Text | None = None
    outcome: Name | None = None
    treatment: Name | None = None
    controls: list[Name] | None = None
    effects: list[Effect] | None = None
    sample: Sample | None = None
