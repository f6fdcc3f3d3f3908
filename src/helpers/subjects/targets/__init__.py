"""Sales against targets, and each salesperson's year."""
