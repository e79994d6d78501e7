"""Whether the kernel has been free to hear its views: only then does their silence mean that they have gone."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import Any

LOOKS = 3
"""How many looks in a row the kernel must have been free at: one alone may be the gap between two cells."""


class Cells:
    """Whether a cell runs, and how many have begun or ended: cells keep the views' messages waiting."""

    def __init__(self) -> None:
        # Whoever begins to follow does so from within a cell, that which displays the first widget.
        self.running = True
        self.events = 0
        self._shell: Any = None

    def follow(self) -> None:
        """Begin to count in this process's IPython, or do nothing if there is none or it has begun."""
        from IPython import get_ipython  # noqa: PLC0415  only where a widget is shown

        shell = get_ipython()
        if shell is None or shell is self._shell:
            return
        self._shell = shell
        shell.events.register("pre_execute", self.begin)
        shell.events.register("post_execute", self.end)

    def begin(self) -> None:
        """A cell begins."""
        self.running, self.events = True, self.events + 1

    def end(self) -> None:
        """A cell has ended."""
        self.running, self.events = False, self.events + 1


CELLS = Cells()


@dataclass(slots=True)
class Call:
    """A call left on a loop: how many cells had begun or ended by then, and whether the loop has made it."""

    events: int
    made: bool = False

    def make(self) -> None:
        """What the loop calls."""
        self.made = True


class Hearing:
    """Measures for how long the kernel could have heard a view without hearing one, from look to look of a follower.

    At each look a call is left on the loop that hands out the views' messages. If the loop has made it by the next
    look, and no cell ran in between, then a view with something to say would have been heard.

    Parameters
    ----------
    cells : Cells
        The cells of this process.
    """

    def __init__(self, cells: Cells = CELLS) -> None:
        self._cells = cells
        self._loop: asyncio.AbstractEventLoop | None = None
        self._call: Call | None = None
        self._looks = 0
        self._since = 0.0

    def heard(self) -> None:
        """A view has spoken, or is made just now; called where its messages arrive."""
        # Without a loop, as in a terminal, nothing can be known; so the silence never ends anything there.
        with contextlib.suppress(RuntimeError):
            self._loop = asyncio.get_running_loop()
        self._cells.follow()
        self._call = None

    def free(self) -> float:
        """For how many seconds the kernel was free and heard nothing; to be called once at each look."""
        call, self._call = self._call, self._leave()
        if call is not None and call.made and not self._cells.running and call.events == self._cells.events:
            self._looks += 1
        else:
            self._looks, self._since = 0, time.monotonic()
        return time.monotonic() - self._since if self._looks >= LOOKS else 0.0

    def _leave(self) -> Call | None:
        if self._loop is None:
            return None
        call = Call(self._cells.events)
        try:
            self._loop.call_soon_threadsafe(call.make)
        except RuntimeError:  # the loop is closed: whoever spoke there has closed it
            call.make()
        return call
