"""Reports: how an app's tasks stand, as one page that needs no network, as Markdown or as data.

The room is called ``reports`` because ``tasknb.report`` is the function: an attribute can be only one of them.
"""

from tasknb.reports.making import Report, report

__all__ = ["Report", "report"]
