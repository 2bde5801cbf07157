"""The only place that opens sockets to the outside: client, address guard, robots, pacing."""

from newsreel.fetching.client import DEFAULT_ACCEPT, Fetcher
from newsreel.fetching.pacing import Lanes, Pacer
from newsreel.fetching.policy import Limits, Policy
from newsreel.fetching.robots import RobotsRules

__all__ = ["DEFAULT_ACCEPT", "Fetcher", "Lanes", "Limits", "Pacer", "Policy", "RobotsRules"]
