"""What Alembic runs around the migrations: the caller's connection, and so the caller's transaction."""

from __future__ import annotations

from alembic import context

from askms.records.tables import METADATA

# SQLite too can take back changes of a schema; Alembic assumes that it cannot.
context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
