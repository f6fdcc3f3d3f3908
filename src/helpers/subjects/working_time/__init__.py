"""Working time: sales per working day, moving holidays, and the working days gone of a period."""
