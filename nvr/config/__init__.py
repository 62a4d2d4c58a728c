"""Configuration: a YAML file, strictly read, as plain `Settings`."""

from nvr.config.loading import load

__all__ = ["load"]
