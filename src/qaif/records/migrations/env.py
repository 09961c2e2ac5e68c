"""What Alembic runs: it migrates inside the transaction that `records.database` has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
