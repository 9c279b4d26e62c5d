"""Serves the gallery on loopback, with the assets and the headers of the daemon."""
import http.server
import json
import pathlib
import threading
import urllib.parse

import gallery
from gallery.frame import SITE

ROOT = SITE.parents[1]
FETCHED = ROOT / ".build" / "web-assets"
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
          "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}
BADGE = '<a class="sync ok" href="/sync"><span class="dot" aria-hidden="true"></span><span class="text">已全部上报</span></a>'
DIVISIONS = [("370285", "莱西市"), ("370211", "黄岛区"), ("370200", "青岛市"), ("370000", "山东省")]


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        name = address.path.strip("/") or "index"
        if address.path.startswith("/assets/"):
            self.asset(pathlib.PurePosixPath(address.path).name)
        elif address.path == "/sync/badge":
            self.answer(BADGE.encode(), "text/html; charset=utf-8")
        elif address.path == "/codes/divisions":
            wanted = urllib.parse.parse_qs(address.query).get("q", [""])[0]
            found = [{"value": code, "label": f"{code} {label}"} for code, label in DIVISIONS if wanted in code + label]
            self.answer(json.dumps(found).encode(), "application/json")
        elif name in gallery.PAGES:
            text = gallery.draw(name).replace("tok3n", self.server.token)
            self.answer(text.encode(), "text/html; charset=utf-8")
        else:
            self.answer(b"", "text/plain", 404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self.server.posted.append((self.path, urllib.parse.parse_qs(body, keep_blank_values=True)))
        status = self.server.statuses.pop(0) if self.server.statuses else 204
        self.answer(b"", "text/plain", status)

    def asset(self, name):
        for folder in (SITE / "Assets", FETCHED):
            if (folder / name).is_file():
                self.answer((folder / name).read_bytes(), TYPES[(folder / name).suffix])
                return
        self.answer(b"", "text/plain", 404)

    def answer(self, body, kind, status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


class Gallery(http.server.ThreadingHTTPServer):
    """posted: (path, fields) of every POST. statuses: what the next POSTs are answered with; 204 after those. token: of the session."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.posted, self.statuses, self.token = [], [], "tok3n"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.server_address[1]}"
