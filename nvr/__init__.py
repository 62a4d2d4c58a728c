"""The words every part of the recorder shares, its configuration and its command line."""
