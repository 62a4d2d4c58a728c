"""The way of an alert to people: from Alertmanager through the outbox to the channels, and what became of it."""
