"""One folder on disk: chain, records, documents, cases, and the one door to the network."""
