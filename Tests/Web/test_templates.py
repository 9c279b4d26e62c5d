"""The templates themselves, without a browser."""
import pathlib
import re

import gallery
import pytest
from gallery.frame import SITE, WORDS, library

TEXTS = {name: (SITE / "Templates" / f"{name}.mustache").read_text(encoding="utf-8") for name in library.names()}


@pytest.mark.parametrize("name", library.names())
def test_a_template_says_what_it_takes_and_parses(name):
    library.template(name)
    # The widgets of a field share the context at the head of parts/field.
    if not name.startswith("field/"):
        head = TEXTS[name].split("}}", 1)[0]
        assert head.startswith("{{!") and "{{" not in head[3:]


@pytest.mark.parametrize("name", library.names())
def test_a_template_has_no_style_script_or_raw_value(name):
    text = re.sub(r"\{\{!.*?\}\}", "", TEXTS[name], flags=re.S)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "{{{" not in text and "{{&" not in text, "every value is escaped"


@pytest.mark.parametrize("name", library.names())
def test_every_form_that_posts_carries_the_token_of_its_session(name):
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", TEXTS[name], re.S):
        assert 'name="_csrf" value="{{csrf}}"' in form


def test_every_word_is_there_in_both_languages_and_used():
    used = {word for text in TEXTS.values() for word in re.findall(r"\{\{t\.([a-z-]+)\}\}", text)}
    assert used <= set(WORDS)
    swift = "".join(path.read_text(encoding="utf-8") for path in SITE.rglob("*.swift"))
    assert [word for word in WORDS if word not in used and f'"{word}"' not in swift] == []
    assert all(len(pair) == 2 and all(pair) for pair in WORDS.values())


def test_every_icon_is_in_the_manifest():
    listed = set((SITE.parents[1] / "web-assets.txt").read_text(encoding="utf-8").split())
    drawn = set()
    for name in gallery.PAGES:
        drawn |= set(re.findall(r'icons\.svg#([a-z0-9-]+)"', gallery.draw(name)))
    assert drawn and drawn <= listed


@pytest.mark.parametrize("path", sorted((SITE / "Assets").glob("*.css")), ids=lambda path: path.name)
def test_styles_stay_within_the_browser_floor(path: pathlib.Path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    for feature in (":has(", "@container", "color-mix(", "@layer", "popover", ":is(", ":where(", "dvh", "@scope"):
        assert feature not in text, feature
    assert "&" not in re.sub(r"url\(.*?\)", "", text), "no nesting"
    assert "@import" not in text and "//" not in re.sub(r"url\(.*?\)", "", text)
