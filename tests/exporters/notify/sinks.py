"""Where channels lead in tests: HTTP gateways and a mail server, all real, on the loopback."""

import threading
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class HttpSink:
    """`taken` are the bodies that came, `paths` where to, `headers` what came with each; it answers with `status`.

    One that `hangs` takes everything and answers nothing, until it is closed.
    """

    def __init__(self, port: int = 0) -> None:
        self.taken: list[bytes] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.status, self.hangs = 200, False
        self._closed = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.host = f"127.0.0.1:{self._server.server_address[1]}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                sink.headers.append(dict(self.headers))
                if sink.hangs:
                    sink._closed.wait()
                    return
                if sink.status == 200:
                    sink.paths.append(self.path)
                    sink.taken.append(content)
                self.send_response(sink.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Tests are quiet."""

        return Handler

    def __enter__(self) -> "HttpSink":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()


class MailSink:
    """`taken` are the mails that came."""

    def __init__(self, port: int) -> None:
        self.taken: list[EmailMessage] = []
        self.host = f"127.0.0.1:{port}"
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name.
        assert isinstance(envelope.content, bytes)
        parsed = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(parsed, EmailMessage)
        self.taken.append(parsed)
        return "250 OK"

    @property
    def url(self) -> str:
        return f"mailto://{self.host}?from=nvr@nvr.example&to=me@nvr.example"

    def __enter__(self) -> "MailSink":
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def attached(mail: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): bytes(part.get_content()) for part in mail.iter_attachments()}
