"""A pack as a whole: made beside its place, with a manifest, and encrypted where that is asked for."""
