"""Compiled arithmetic on bare arrays; imports numpy and numba and nothing of ours but its own folder."""
