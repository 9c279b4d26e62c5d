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


@pytest.fixture(scope="session", params=[(1, 1, 1, 1), (2, 2, 2, 2), (1, 2, 1, 2)], ids=["suite-1", "suite-2", "mixed"])
def every_scene(request) -> Scene:
    """The same federation in suite 1, in suite 2, and with a key of each in turn."""
    return Scene(request.param)
