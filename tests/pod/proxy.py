"""A small reverse proxy: Pod below a path, or a Pod that does not know the name by which it is reached."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


@contextlib.contextmanager
def proxy(behind: str, *, path: str = "", host: str = "", without: str = "?") -> Iterator[str]:
    """Pass requests below a path on to a server, under another host name if one is given; give the address.

    What is below the path `without` does not exist.
    """
    with httpx.Client(base_url=behind, trust_env=False) as client:

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if not self.path.startswith(path + "/") or self.path.startswith(without):
                    self.send_error(404)
                    return
                headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
                headers |= {"Host": host} if host else {}
                reply = client.request(self.command, self.path.removeprefix(path), content=body, headers=headers)
                self.send_response(reply.status_code)
                for key in ("Content-Type", "Location", "Retry-After"):
                    if key in reply.headers:
                        self.send_header(key, reply.headers[key])
                self.send_header("Content-Length", str(len(reply.content)))
                self.end_headers()
                self.wfile.write(reply.content)

            do_GET = do_POST = do_PATCH = do_OPTIONS = pass_on  # noqa: N815 - the names of http.server

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        with Server(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}{path}"
            finally:
                server.shutdown()
                thread.join()
