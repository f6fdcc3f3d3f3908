"""The customer workbook: who our trade customers are, who carries us, what each is worth, who may leave."""

__version__ = "0.1.0"
