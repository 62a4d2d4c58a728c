"""Makes grafana/dashboards/*.json: a file a dashboard, and the parts that all are made of."""
