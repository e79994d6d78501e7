"""An app to try everything on: handwritten digits, ten concepts, six people, and workers who label by themselves.

>>> from tasknb import demo
>>> client = demo.digits()
>>> task = client.tasks.create(...)
>>> simulation = demo.work(client, task)      # the workers of the task begin to label, in the background

The images are the 1,797 digits that ship inside scikit-learn (``pip install 'tasknb[demo]'``); no network is used.
"""

from tasknb.demo.app import REVIEWER, WORKERS, digits
from tasknb.demo.images import image, truth
from tasknb.demo.models import coin_model, coins_image, digit_model
from tasknb.demo.simulation import Simulation, work

__all__ = [
    "REVIEWER",
    "WORKERS",
    "Simulation",
    "coin_model",
    "coins_image",
    "digit_model",
    "digits",
    "image",
    "truth",
    "work",
]
