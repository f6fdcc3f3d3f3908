"""Record linkage: customer numbers that are likely one business, with reasons and decisions."""
