"""A generator of exports: a part of the sample in the shapes that programs and people give to a list of sales."""
