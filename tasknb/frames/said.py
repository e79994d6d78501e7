"""What each worker says of each input, from the concepts of his annotations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def said_by_key(annotations: pd.DataFrame) -> pd.DataFrame:
    """One row a key: the label and what goes with it.

    Parameters
    ----------
    annotations : DataFrame
        The frame of annotations, with a column ``key`` of integers that stands for labeling task, input and worker.

    Returns
    -------
    DataFrame
        Indexed by key: ``label`` (category; the concept, `a|b` for several, `!a` for one that is said to be absent),
        ``value`` (mean over the concepts), ``annotations`` (how many), ``created_at`` and ``status`` (of the last).
    """
    concepts = annotations[annotations["label"].notna()]
    by_key = annotations.groupby("key", sort=True)
    result = pd.DataFrame(
        {
            "annotations": annotations.drop_duplicates(["key", "annotation_id"]).groupby("key").size(),
            "created_at": by_key["created_at"].max(),
            "status": annotations.sort_values("created_at", kind="stable").groupby("key")["status"].last(),
        }
    )
    result["value"] = concepts.groupby("key")["value"].mean().reindex(result.index)
    result["label"] = _labels(concepts).reindex(result.index).astype("category")
    return result


def _labels(concepts: pd.DataFrame) -> pd.Series[Any]:
    """The label of each key as text."""
    absent = (concepts["value"] < 0.5).to_numpy()
    names = np.asarray(concepts["label"].cat.categories, dtype=object)
    words = np.concatenate([names, np.asarray([f"!{name}" for name in names], dtype=object)])
    codes = concepts["label"].cat.codes.to_numpy() + np.where(absent, len(names), 0)
    pairs = pd.DataFrame({"key": concepts["key"].to_numpy(), "code": codes}).drop_duplicates()
    alone = ~pairs["key"].duplicated(keep=False)
    single = pd.Series(words[pairs.loc[alone, "code"]], index=pairs.loc[alone, "key"], dtype="str")
    # Several concepts are rare; only these are joined one by one.
    several = pairs[~alone]
    joined = pd.Series(words[several["code"]], index=several.index).groupby(several["key"]).agg(_joined)
    text: pd.Series[Any] = pd.concat([single, joined.astype("str")])
    return text


def _joined(words: pd.Series[Any]) -> str:
    return "|".join(sorted(words, key=lambda word: (word.removeprefix("!"), word)))
