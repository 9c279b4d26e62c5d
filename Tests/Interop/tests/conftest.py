from pathlib import Path

import pytest

from bangfu_verify.trust import Trust
from bangfu_verify.vectors import Vectors
from scene import Scene
from writing import FEDERATION

VECTORS = Path(__file__).resolve().parents[2] / "SyncProtocolTests" / "Vectors"


def trust_of(scene: Scene) -> Trust:
    """The statements of a scene, admitted."""
    trust = Trust(FEDERATION)
    for raw in scene.statements:
        trust.admit(raw)
    return trust


@pytest.fixture(scope="session", params=["", "national"], ids=["suite-1", "suite-2"])
def vectors(request) -> Vectors:
    return Vectors(VECTORS / request.param)


@pytest.fixture(scope="session")
def scene() -> Scene:
    return Scene()


_SUITES = {"params": [(1, 1, 1, 1), (2, 2, 2, 2), (1, 2, 1, 2)], "ids": ["suite-1", "suite-2", "mixed"]}


@pytest.fixture(**_SUITES)
def fresh(request) -> Scene:
    """A federation of one's own, in which more may be stated."""
    return Scene(request.param)


@pytest.fixture(scope="session", **_SUITES)
def every_scene(request) -> Scene:
    """The same federation in suite 1, in suite 2, and with a key of each in turn."""
    return Scene(request.param)
