"""What every other part rests on: scopes, errors, spans of months, exact sums of money, shares."""
