"""Running notebooks: child processes, the engine that runs cells, and what varies taken out."""
