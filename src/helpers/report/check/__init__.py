"""What ``workbook check`` says of a data set before anything is reported: figures, doubts, and what to type next."""
