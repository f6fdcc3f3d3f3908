"""The first draft of a map from the columns of an export."""
