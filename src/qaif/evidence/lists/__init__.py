"""Official lists, read as statements: one module a format, one contract for all (see `making`)."""
