"""What is computed once: in a file, in a process, and in one run of a report."""
