"""Where blocks come from; every feed has one shape: raw bytes, claimed place, proof, prevouts."""
