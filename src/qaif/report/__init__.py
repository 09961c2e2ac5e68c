"""Answers as a document."""
