"""What a document may say: indicators, names and relations, proposed with spans; a person disposes."""
