"""Whether this machine is ready for a configuration: one module a thing that is looked at."""
