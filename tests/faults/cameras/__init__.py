"""Faults of cameras: one recorder, a camera for each fault, all of them injected at once."""
