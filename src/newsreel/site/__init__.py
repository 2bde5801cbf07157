"""Django's settings, addresses and servers."""
