"""The demo's app: digits to label, concepts to label with, and people to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasknb.api import Client
from tasknb.demo import images
from tasknb.demo.models import coin_model, digit_model
from tasknb.messages.data import Data, Image, Input

if TYPE_CHECKING:
    from pathlib import Path

WORKERS = ("ann", "bob", "cleo", "dan", "eve")
REVIEWER = "rita"

_HALF = 898
_DATASETS = {
    "digits-train": ("The first half", range(_HALF)),
    "digits-test": ("The second half, by other writers", range(_HALF, images.COUNT)),
    "digits-100": ("The first hundred", range(100)),
}


def digits(path: str | Path = ":memory:", *, inputs: int = images.COUNT) -> Client:
    """Open the app ``digits`` on the embedded service, and fill in what it lacks.

    It has the 1,797 handwritten digits as images (``digit-0000`` …), the concepts ``0`` to ``9``, the datasets
    ``digits-train``, ``digits-test`` and ``digits-100``, and as collaborators the workers ann, bob, cleo, dan and eve
    and the reviewer rita. `digit_model` and `coin_model` may label in it as the models ``digits`` and ``coins``.

    Parameters
    ----------
    path : str or Path, default ":memory:"
        The database, as `Client.local` takes it.
    inputs : int, default 1797
        How many of the digits to load; the datasets hold those of theirs that are loaded.

    Returns
    -------
    Client
        Acting as the app's owner.

    Raises
    ------
    ValueError
        If `inputs` is not between 1 and 1797.
    MissingExtraError
        If scikit-learn or Pillow is not installed.
    StoreError
        If the database cannot be opened.
    """
    if not 1 <= inputs <= images.COUNT:
        raise ValueError(f"inputs is the number of digits, 1 to {images.COUNT}, not {inputs}")
    ink = images.load().ink[:inputs]  # before the database is made, in case scikit-learn is missing
    client = Client.local(path, app_id="digits", models={"digits": digit_model, "coins": coin_model})
    known = {concept.id for concept in client.concepts.list()}
    client.concepts.create(*[name for name in images.CONCEPTS if name not in known])
    people = {one.user.id for one in client.collaborators.list() if one.user}
    client.collaborators.add(*[name for name in (*WORKERS, REVIEWER) if name not in people])
    _add_datasets(client)
    loaded = {one.id for one in client.inputs.list()}
    missing = [index for index in range(inputs) if images.input_id(index) not in loaded]
    client.inputs.create([_input(index, images.png(ink[index])) for index in missing])
    return client


def _add_datasets(client: Client) -> None:
    known = {dataset.id for dataset in client.datasets.list()}
    for dataset_id, (description, _) in _DATASETS.items():
        if dataset_id not in known:
            client.datasets.create(dataset_id, description=description)


def _input(index: int, png: bytes) -> Input:
    datasets = [dataset_id for dataset_id, (_, members) in _DATASETS.items() if index in members]
    return Input(id=images.input_id(index), data=Data(image=Image(base64=png)), dataset_ids=datasets)
