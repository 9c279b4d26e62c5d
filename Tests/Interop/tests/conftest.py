from pathlib import Path

import pytest

from bangfu_verify.vectors import Vectors
from scene import Scene

VECTORS = Path(__file__).resolve().parents[2] / "SyncProtocolTests" / "Vectors"


@pytest.fixture(scope="session", params=["", "national"], ids=["suite-1", "suite-2"])
def vectors(request) -> Vectors:
    return Vectors(VECTORS / request.param)


@pytest.fixture(scope="session")
def scene() -> Scene:
    return Scene()
