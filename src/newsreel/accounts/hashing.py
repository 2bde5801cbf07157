"""How passwords are kept."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """argon2id with 19 MiB, two passes and one lane: the least that OWASP's Password Storage Cheat Sheet asks for."""

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1
