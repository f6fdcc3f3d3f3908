"""What every other part rests on: scopes, masks, spans of months, exact sums of money, shares."""
