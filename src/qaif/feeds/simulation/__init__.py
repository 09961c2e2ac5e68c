"""A small simulator: a regtest chain in Bitcoin Core's block-file format, made from an invented economy.

Everything in it is made up and reproducible from a seed. Signatures are valid, because every private key
follows from the seed: anybody can know them, so nothing here is worth anything.
"""
