"""What figures a document states, and of what it states them."""
