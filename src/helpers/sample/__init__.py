"""Sample data: a believable base of trade customers from a documented process, the truth kept beside it."""

from helpers.sample.make import SampleSummary, make_sample

__all__ = ["SampleSummary", "make_sample"]
