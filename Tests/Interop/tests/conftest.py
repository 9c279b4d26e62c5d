from pathlib import Path

import pytest

from bangfu_verify.vectors import Vectors
from scene import Scene

VECTORS = Path(__file__).resolve().parents[2] / "SyncProtocolTests" / "Vectors"


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    return Vectors(VECTORS)


@pytest.fixture(scope="session")
def scene() -> Scene:
    return Scene()
