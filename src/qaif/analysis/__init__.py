"""What the chain suggests; pure functions of a Chain."""
