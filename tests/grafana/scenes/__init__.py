"""The dashboards drawn by Grafana's own packages: scenes, ui and data, with panels made of their components."""
