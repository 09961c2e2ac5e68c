"""Which output of a transaction is its change: heuristics under one contract, and a vote of them."""
