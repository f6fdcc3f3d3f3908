"""What the values of an export show beyond its heads: each finding says what was seen and what the map makes of it."""
