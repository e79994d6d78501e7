"""Who looks at a widget: the views in browsers, and the displays in notebooks that a saved file will keep."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import Any

from tasknb.widgets.hearing import Hearing

SIGN_OF_LIFE = 100.0
"""Seconds after which a view that says nothing is taken for hidden; views say something every 30 seconds."""

HIDDEN = 30.0
LONG_SILENCE, FORGOTTEN = 600.0, 300.0


@dataclass(slots=True)
class View:
    """One view in a browser: whether the reader can see it, and when it last said so."""

    sees: bool
    heard: float


@dataclass
class Watchers:
    """The views and displays of one widget.

    Attributes
    ----------
    spoken : bool
        Whether any view has ever said anything.
    """

    spoken: bool = False
    _views: dict[str, View] = field(default_factory=dict)
    _displays: list[Any] = field(default_factory=list)
    _displayed: float = 0.0
    _hearing: Hearing = field(default_factory=Hearing)

    @property
    def displayed(self) -> bool:
        """Whether the widget has been displayed, and not every view of it closed since."""
        return bool(self._views or self._displayed)

    @property
    def only_saved(self) -> bool:
        """Whether the widget has been displayed where no view has ever spoken, as in a notebook run by a program."""
        return bool(self._displays) and not self.spoken

    def hear(self, view: str, *, sees: bool | None) -> bool:
        """Note what a view says of itself (None: it goes); whether it has just come into sight."""
        before = self._views.pop(view, None)
        self._hearing.heard()
        # The kernel can hear; a view that has said nothing for so long has gone without a word, as when a browser ends.
        now = time.monotonic()
        self._views = {name: one for name, one in self._views.items() if now - one.heard < SIGN_OF_LIFE}
        if sees is None:
            self._displayed = 0.0
            return False
        self._views[view] = View(sees, now)
        return sees and not (before and before.sees)

    def calm(self) -> float:
        """The least number of seconds between two looks: 0 while somebody sees them, more while nobody does.

        A kernel that runs a long cell cannot hear the views, so silence alone slows the looks down and never ends them.
        """
        views = list(self._views.values())
        silence = time.monotonic() - max([view.heard for view in views] or [self._displayed])
        if silence > LONG_SILENCE:
            return FORGOTTEN
        return 0.0 if silence < SIGN_OF_LIFE and (not views or any(view.sees for view in views)) else HIDDEN

    def left_alone(self) -> bool:
        """Whether every view has gone without a word; to be asked once at each look.

        A notebook that is closed takes its views away and lets them say nothing. They count as gone when the kernel
        could have heard them all the time that a view needs to say something, and has not.
        """
        if self._hearing.free() <= SIGN_OF_LIFE:
            return False
        self._views, self._displayed = {}, 0.0
        return True

    def display(self, bundle: dict[str, Any]) -> None:
        """Show `bundle` at this place of the notebook, so that it can be replaced later."""
        from IPython import get_ipython  # noqa: PLC0415  only where there is something to display
        from IPython.display import display  # noqa: PLC0415

        self._displayed = time.monotonic()
        self._hearing.heard()
        if get_ipython() is None:
            sys.stdout.write(f"{bundle['text/plain']}\n")
            return
        handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]  # IPython has no types here
        if handle is not None:
            self._displays.append(handle)

    def replace(self, bundle: dict[str, Any]) -> None:
        """Put `bundle` in every place where the widget was displayed."""
        for handle in self._displays:
            handle.update(bundle, raw=True)
