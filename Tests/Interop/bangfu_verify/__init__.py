"""A verifier of Bangfu's sync protocol, written from docs/protocol.md and its byte vectors alone.

Section numbers in this package are those of that document.
"""
