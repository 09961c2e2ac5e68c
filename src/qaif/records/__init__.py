"""The SQL engine, one chain of migrations, and the audit log."""
