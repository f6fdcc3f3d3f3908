"""What only the XML of an .xlsx file tells."""
