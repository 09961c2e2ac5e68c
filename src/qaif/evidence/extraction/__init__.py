"""What a document may say: indicators, names and relations, proposed with exact spans; a person disposes of them."""
