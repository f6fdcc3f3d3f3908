"""Files that several processes write and read: whole or not at all, one writer at a time, for their owner alone."""
