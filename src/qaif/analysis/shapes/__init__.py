"""What a transaction's shape says of what it is: one detector a kind, each with its reasons."""
