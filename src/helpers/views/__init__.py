"""What readers see: charts, tables, numbers and words; finished results in, pictures and text out."""
