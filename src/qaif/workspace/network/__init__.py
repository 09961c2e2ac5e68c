"""The one door to the network: closed, but for places that the user named in this run."""
