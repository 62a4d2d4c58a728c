import pytest

from nvr.commands.running import base_url
from nvr.settings import WebSettings


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("localhost", "http://localhost:80"),
        ("192.0.2.7", "http://192.0.2.7:80"),
    ],
)
def test_the_recorder_is_reached_where_it_listens(host: str, url: str) -> None:
    assert base_url(WebSettings(host=host, port=80)) == url
