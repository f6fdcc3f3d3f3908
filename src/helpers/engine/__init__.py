"""The only floor after intake that computes on the engine: standard tables in, small frames out."""
