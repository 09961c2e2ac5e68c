"""A running Bitcoin Core node as a feed, over JSON-RPC and REST."""
