"""The command line: thin over questions."""
