"""Value grades, purchase levels and behaviour segments, by rules from the settings."""
