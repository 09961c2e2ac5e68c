"""Readers: from the bytes of a document to the text in which its spans count, one module a format."""
