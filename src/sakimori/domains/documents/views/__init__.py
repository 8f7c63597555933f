"""Pages of documents that no register's page covers."""
