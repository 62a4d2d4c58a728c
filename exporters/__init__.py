"""Everything that leaves the recorder: ClickHouse, Prometheus, HTTP."""
