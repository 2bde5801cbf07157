from __future__ import annotations

import pytest

from newsreel.accounts.mfa import Adapter
from newsreel.core.errors import Misconfigured


def test_seeds_are_kept_encrypted(settings: object) -> None:
    stored = Adapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in stored
    assert Adapter().decrypt(stored) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    with pytest.raises(Misconfigured):
        Adapter().decrypt(stored)
