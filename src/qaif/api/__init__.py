"""The questions of the command line over HTTP: thin, with one shape for answers and one for errors."""
