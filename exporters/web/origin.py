"""Whether a change is asked for by one of our own pages, or by a program: never by the page of some other site.

A browser sends its user's cookie along, and on the recorder's own machine needs none: any page that is open in it could
have footage deleted. It says, though, where a request comes from; programs that are no browsers say nothing.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
"""These change nothing, and their answers cannot be read by others."""


def is_foreign(headers: Headers, external_url: str) -> bool:
    """Whether a browser says that another origin's page sent this; neighbours of our name are others too."""
    if headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return True
    origin = headers.get("Origin")
    if origin is None:
        return False
    ours = {headers.get("Host", "").lower(), urlsplit(external_url).netloc.lower()} - {""}
    return urlsplit(origin).netloc.lower() not in ours
