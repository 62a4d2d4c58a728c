"""Pictures of the dashboards, drawn from their JSON by a small renderer of our own: not by Grafana."""
