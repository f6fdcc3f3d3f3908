"""Which days are worked, which holidays move, and how long a silence is in days on which trade goes on."""
