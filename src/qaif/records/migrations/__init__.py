"""The one chain of migrations of `records.sqlite`; it ships with the package and runs on open."""
