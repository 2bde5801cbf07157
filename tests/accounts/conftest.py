"""The portal and the browser of the portal's own tests."""

from tests.portal.conftest import browser, portal

__all__ = ["browser", "portal"]
