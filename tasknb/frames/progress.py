"""How far the work is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def task_progress(tasks: pd.DataFrame) -> pd.DataFrame:
    """How far each task is, by the server's metrics.

    Parameters
    ----------
    tasks : DataFrame
        The frame of tasks.

    Returns
    -------
    DataFrame
        Indexed by ``task_id``: ``name``, ``status``, ``inputs``, ``labeled``, ``labeled_percent``, ``reviewed``,
        ``reviewed_percent`` (counts of inputs and whole percents) and ``remaining`` (inputs without a finished label).
        Missing where the server sent no metrics.
    """
    names = ["name", "status", "inputs", "labeled", "labeled_percent", "reviewed", "reviewed_percent"]
    result = tasks.set_index("task_id")[names]
    result["remaining"] = result["inputs"] - result["labeled"]
    return result
