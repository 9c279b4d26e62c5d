"""The templates drawn with invented contexts, so that look and behaviour can be tested without a node."""

from gallery import lists, office, portal, records
from gallery.frame import library

PAGES = {**lists.PAGES, **records.PAGES, **office.PAGES, **portal.PAGES}


def draw(name):
    template, context = PAGES[name]()
    return library.render(template, context)
