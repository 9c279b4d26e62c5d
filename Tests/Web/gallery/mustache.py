"""Mustache as swift-mustache 2.1.1 renders it, as far as our templates use it: no delimiters of one's own, no transforms.

A section over any text is true, even over an empty one; names that begin with a dot are looked up in the innermost context only;
{{<parent}}{{$block}} inherits; {{>*name}} renders the template that a value names.
"""

import html
import pathlib
import re

TAG = re.compile(r"\{\{(?:(\{)|(!)(.*?)|)\s*([#^/><$&]?)\s*([^{}!]*?)\s*\}?\}\}", re.S)
STANDALONE = "#^/!><$"
MISSING = object()


def tokens(text):
    """("text", words) and (kind, name); a tag alone on its line takes the line along."""
    found, pos = [], 0
    for match in TAG.finditer(text):
        kind = "&" if match.group(1) else "!" if match.group(2) else (match.group(4) or "v")
        found.append(("text", text[pos : match.start()]))
        found.append((kind, match.group(5), match.start(), match.end()))
        pos = match.end()
    found.append(("text", text[pos:]))
    for index, token in enumerate(found):
        if token[0] == "text" or token[0] not in STANDALONE:
            continue
        start, end = token[2], token[3]
        head = text[text.rfind("\n", 0, start) + 1 : start]
        rest = text[end:].split("\n", 1)
        if head.strip() or rest[0].strip():
            continue
        before, after = found[index - 1][1], found[index + 1][1]
        found[index - 1] = ("text", before[: before.rfind("\n") + 1])
        found[index + 1] = ("text", after.split("\n", 1)[1] if "\n" in after else "")
    return found


def parse(text):
    root = []
    open_nodes = [("root", None, root)]
    for token in tokens(text):
        here = open_nodes[-1][2]
        kind, name = token[0], token[1]
        if kind == "text":
            if name:
                here.append(("text", name))
        elif kind in "#^$<":
            node = (kind, name, [])
            here.append(node)
            open_nodes.append(node)
        elif kind == "/":
            if open_nodes[-1][1] != name:
                raise SyntaxError(f"/{name} closes {open_nodes[-1][1]}")
            open_nodes.pop()
        elif kind != "!":
            here.append((kind, name))
    if len(open_nodes) != 1:
        raise SyntaxError(f"{open_nodes[-1][1]} stays open")
    return root


class Library:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.parsed = {}

    def names(self):
        return sorted(str(path.relative_to(self.folder))[: -len(".mustache")] for path in self.folder.rglob("*.mustache"))

    def template(self, name):
        if name not in self.parsed:
            path = self.folder / (name + ".mustache")
            try:
                self.parsed[name] = parse(path.read_text(encoding="utf-8"))
            except SyntaxError as error:
                raise SyntaxError(f"{name}: {error}") from None
        return self.parsed[name]

    def render(self, name, context):
        return self._nodes(self.template(name), [context], {})

    def _value(self, name, stack):
        if name == ".":
            return stack[-1]
        parts = [part for part in name.split(".") if part]
        for context in stack[-1:] if name.startswith(".") else reversed(stack):
            value = child(context, parts[0])
            if value is MISSING:
                continue
            for part in parts[1:]:
                value = child(value, part)
                if value is MISSING:
                    return MISSING
            return value
        return MISSING

    def _nodes(self, nodes, stack, blocks):
        return "".join(self._node(node, stack, blocks) for node in nodes)

    def _node(self, node, stack, blocks):
        kind, name = node[0], node[1]
        if kind == "text":
            return name
        if kind in "v&":
            value = self._value(name, stack)
            text = "" if value is MISSING else str(value).lower() if isinstance(value, bool) else str(value)
            return text if kind == "&" else html.escape(text, quote=True).replace("&#x27;", "&#39;")
        if kind == "#":
            value = self._value(name, stack)
            if value is MISSING or value is False:
                return ""
            if value is True:
                return self._nodes(node[2], stack, blocks)
            items = value if isinstance(value, list) else [value]
            return "".join(self._nodes(node[2], stack + [item], blocks) for item in items)
        if kind == "^":
            value = self._value(name, stack)
            return self._nodes(node[2], stack, blocks) if value is MISSING or value is False or value == [] else ""
        if kind == ">":
            target = self._value(name[1:].strip(), stack) if name.startswith("*") else name
            return "" if target is MISSING else self._nodes(self.template(target), stack, blocks)
        if kind == "<":
            own = {block[1]: block[2] for block in node[2] if block[0] == "$"}
            return self._nodes(self.template(name), stack, {**own, **blocks})
        return self._nodes(blocks.get(name, node[2]), stack, blocks)


def child(context, name):
    if isinstance(context, dict) and context.get(name) is not None:
        return context[name]
    return MISSING
