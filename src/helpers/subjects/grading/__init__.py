"""Value grades, purchase levels and behaviour segments, by rules that the settings hold."""
