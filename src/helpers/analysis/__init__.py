"""What the facts mean: pure functions from frames to frozen results, without engine, files or plots."""
