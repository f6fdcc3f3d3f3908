"""Sample data: a believable base of trade customers from a documented process, the truth kept beside it."""

from workbook_sample.make import SampleSummary, make_sample

__all__ = ["SampleSummary", "make_sample"]
