"""The HTTP endpoint: pages, pictures, footage and the API."""
