"""The county of a running federation, and who sits in front of it. Fixtures: the tests of console and portal import them by name."""
import os

import pytest
from conftest import Sight
from people import People

COUNTY, CITY = "370285", "370200"
needs_people = pytest.mark.skipif("BANGFU_PEOPLE" not in os.environ, reason="no federation was named: scripts/test-web --people")


@pytest.fixture(scope="module")
def people():
    return People()


@pytest.fixture
def sight(browser, people):
    made = Sight(browser, people.origin(COUNTY))
    yield made
    noise = made.noise()
    made.close()
    assert noise == []


@pytest.fixture
def clerk(sight, people):
    """Options of a context in which the clerk is signed in."""
    return {"storage_state": people.state(sight, COUNTY, "clerk")}
