"""The people of a running federation, as its file people.json names them (BANGFU_PEOPLE):

    {"370285": {"origin": "https://127.0.0.1:7713", "people": {"clerk": "/welcome/...", ...}}, ...}

Each person's link is used once: a password is set and the second factor set up. What was set up is kept in people.json.used, so
that the same federation can be looked at again.
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import struct
import time

import conftest

PASSWORD = "four quiet tall pines 7"
STEP = 30


def code_at(secret, seconds):
    """RFC 6238: SHA-1, six digits, thirty seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(seconds) // STEP), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


class People:
    """Who was let in so far, and what they sign in with."""

    def __init__(self):
        self.file = pathlib.Path(os.environ["BANGFU_PEOPLE"])
        self.seats = json.loads(self.file.read_text(encoding="utf-8"))
        self.kept = self.file.with_name(self.file.name + ".used")
        kept = json.loads(self.kept.read_text(encoding="utf-8")) if self.kept.exists() else {}
        self.secrets, self.used = kept.get("secrets", {}), kept.get("used", {})
        self.states = {}

    def origin(self, seat):
        return self.seats[seat]["origin"]

    def link(self, seat, login):
        return self.seats[seat]["people"][login]

    def keep(self):
        self.kept.write_text(json.dumps({"secrets": self.secrets, "used": self.used}), encoding="utf-8")

    def fresh_code(self, secret):
        """A code that was not used before: each is good for once, and the next one is taken half a minute early."""
        for _ in range(2 * STEP):
            step = int(time.time()) // STEP
            for ahead in (0, 1):
                if step + ahead > self.used.get(secret, 0):
                    self.used[secret] = step + ahead
                    self.keep()
                    return code_at(secret, (step + ahead) * STEP)
            time.sleep(1)
        raise AssertionError("no step of half a minute without a used code")

    def accept(self, page, seat, login):
        """Through the one-time link to the workbench: password, second factor, codes for the day the phone is lost."""
        page.goto(self.origin(seat) + self.link(seat, login))
        conftest.shot(page, f"console-welcome-{login}")
        page.fill("input[name=password]", PASSWORD)
        page.fill("input[name=again]", PASSWORD)
        press(page)
        if page.locator("code.key").count() == 0:
            # Somebody from outside may do without a second factor.
            self.secrets[f"{seat}/{login}"] = ""
            self.keep()
            return []
        secret = page.inner_text("code.key").replace(" ", "")
        conftest.shot(page, f"console-factor-{login}")
        page.fill("input[name=code]", self.fresh_code(secret))
        press(page)
        codes = page.locator(".codes li").all_inner_texts()
        conftest.shot(page, f"console-recovery-{login}")
        press(page)
        self.secrets[f"{seat}/{login}"] = secret
        self.keep()
        return codes

    def sign_in(self, page, seat, login):
        page.goto(self.origin(seat) + "/sign-in")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", PASSWORD)
        press(page)
        if secret := self.secrets[f"{seat}/{login}"]:
            page.fill("input[name=code]", self.fresh_code(secret))
            press(page)

    def state(self, sight, seat, login):
        """Cookies of somebody who is signed in, for contexts of a test."""
        if (seat, login) not in self.states:
            context = sight.context()
            page = context.new_page()
            if f"{seat}/{login}" in self.secrets:
                self.sign_in(page, seat, login)
            else:
                self.accept(page, seat, login)
            assert "/sign-in" not in page.url and "/welcome" not in page.url, page.inner_text("main")
            self.states[seat, login] = context.storage_state()
        return self.states[seat, login]


def press(page):
    """The primary button of the page's form, and the page after it."""
    with page.expect_navigation(timeout=60_000):
        page.click("main form button.primary")
