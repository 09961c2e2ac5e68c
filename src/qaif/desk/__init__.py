"""Jobs over time; empty until monitoring is built."""
