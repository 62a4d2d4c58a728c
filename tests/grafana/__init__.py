"""The dashboards, climbed rung by rung: no Grafana runs here, so what it would do is done with real parts."""
