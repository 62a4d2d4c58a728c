"""Facts to ClickHouse, embedded or a server, through a durable spool."""
