"""What only the inside of a spreadsheet's file tells, and readers of its cells pass over."""
