"""Background work: duties that are derived from state, and errands queued in the transaction that asks for them."""
