"""The SQLite files under ``DATA_DIR``: opened, locked, salvaged; they belong to no feature."""
