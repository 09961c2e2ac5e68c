"""How a policy judges; empty until screening is built."""
