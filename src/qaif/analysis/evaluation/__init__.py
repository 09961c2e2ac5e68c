"""How often the methods are wrong: counts on transactions whose truth is known."""
