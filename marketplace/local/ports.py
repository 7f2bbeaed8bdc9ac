"""Whether an address on this machine can be listened on, and whether a web server answers there."""

import http.client
import socket

from marketplace.local.errors import LocalError

HOST = "127.0.0.1"


def claim(port: int, *, variable: str) -> None:
    """Raise, naming the variable to change, if another program has the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise LocalError(
                f"Port {port} is taken by another program. Choose one: make run {variable}={port + 10}"
            ) from error


def serves_http(port: int) -> bool:
    """Whether it answers, and not with an error of its own."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
