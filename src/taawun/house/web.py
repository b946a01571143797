"""The web server as one process on a socket that the supervisor opened.

Because the supervisor keeps the socket, a visitor who comes while a crashed server is started again waits a moment
instead of being refused, and no other program can take the port in between.
"""

from __future__ import annotations

import argparse
import socket

import uvicorn

STOP_SECONDS = 3


def main() -> None:
    """Serves until told to stop. Open live streams are cut after three seconds; without that they would hold it for ever."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=int, required=True, help="the number of the listening socket")
    listener = socket.socket(fileno=parser.parse_args().socket)
    config = uvicorn.Config(
        "taawun.house.server:application",
        timeout_graceful_shutdown=STOP_SECONDS,
        access_log=False,
        log_level="warning",
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
