"""Grafana's dashboards and what provisions them; `grafana.build` writes the former."""
