"""Electrum servers: ElectrumX and its successor e-x, electrs, Fulcrum and others of that protocol."""
