"""A mail server that delivers nothing: every message becomes a file. Arguments: port, folder."""

import itertools
import pathlib
import sys
import time

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server, session, envelope):
        name = time.strftime(f"%Y-%m-%d_%H%M%S_{next(self.numbers):06}.eml")
        (self.folder / name).write_bytes(envelope.original_content)
        return "250 Kept"


if __name__ == "__main__":
    Controller(Sink(sys.argv[2]), hostname="127.0.0.1", port=int(sys.argv[1]), data_size_limit=None).start()
    while True:
        time.sleep(3600)
