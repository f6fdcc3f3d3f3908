"""What customers owe, how old it is, who pays later, and the cash to expect."""
