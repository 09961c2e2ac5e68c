"""Where money went, and where it came from."""
