"""Changes of the schema, one file each under `versions`, run by Alembic."""
