"""Which documents were sold, by the words of a status, a type or a flag."""
