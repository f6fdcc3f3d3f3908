"""The workbook on Spark: its tables read and cleaned, and its facts computed, where the data are."""
