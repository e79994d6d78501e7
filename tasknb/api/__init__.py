"""The client of the Tasks API: Clarifai's, or the embedded service's."""

from tasknb.api.client import Client
from tasknb.api.paging import Listing

__all__ = ["Client", "Listing"]
