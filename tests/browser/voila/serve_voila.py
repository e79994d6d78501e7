"""Run Voilà until standard input ends: whoever started it need only go, however he goes, and it goes too."""

from __future__ import annotations

import os
import signal
import sys
import threading

from voila.app import main


def follow_starter() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=follow_starter, daemon=True).start()
    sys.exit(main())
