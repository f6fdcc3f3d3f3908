"""Which customer numbers are likely one business: pairs with reasons, what they make of lost and new, decisions."""
