"""Configuration: a YAML file, strictly read, as plain `Settings`."""

from nvr.config.loading import load
from nvr.config.masking import Secrets, mask_url, secrets_of

__all__ = ["Secrets", "load", "mask_url", "secrets_of"]
