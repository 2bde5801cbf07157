"""The only place that opens sockets to the outside: client, address guard, robots, pacing."""

from newsreel.fetching.client import DEFAULT_ACCEPT, Fetcher
from newsreel.fetching.pacing import BUSY, Lanes, Pacer
from newsreel.fetching.policy import Limits, Policy
from newsreel.fetching.robots import RobotsRules
from newsreel.fetching.terms import Terms

__all__ = ["BUSY", "DEFAULT_ACCEPT", "Fetcher", "Lanes", "Limits", "Pacer", "Policy", "RobotsRules", "Terms"]
