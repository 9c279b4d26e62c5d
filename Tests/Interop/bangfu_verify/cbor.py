"""The CBOR profile of section 3.2: a reader that refuses every second way to write a value.

Common libraries accept long heads, unordered keys and indefinite lengths; a digest over bytes needs a reader that does not.
"""

from .refusal import malformed

UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = range(8)
FALSE, TRUE, NULL = 20, 21, 22


class Reader:
    """Reads items one after the other from `data`; `what` names the structure in refusals."""

    def __init__(self, data: bytes, what: str):
        self.data = data
        self.what = what
        self.position = 0

    def head(self) -> tuple[int, int]:
        """Major type and argument of the next item, whose head must be the shortest."""
        first = self._take(1)[0]
        major, information = first >> 5, first & 31
        if major == SIMPLE:
            if information not in (FALSE, TRUE, NULL):
                raise self.refuse("a float or a simple value other than false, true and null")
            return major, information
        if information < 24:
            argument = information
        elif information < 28:
            size = 1 << (information - 24)
            argument = int.from_bytes(self._take(size), "big")
            if argument < (24 if size == 1 else 1 << (4 * size)):
                raise self.refuse("a head is longer than its value needs")
        else:
            raise self.refuse("an indefinite length or a reserved head")
        if major in (BYTES, TEXT, ARRAY, MAP) and argument > len(self.data) - self.position:
            raise self.refuse("a length is greater than what remains")
        return major, argument

    def unsigned(self) -> int:
        return self._expect(UNSIGNED, "an unsigned integer")

    def integer(self) -> int:
        major, argument = self.head()
        if major not in (UNSIGNED, NEGATIVE):
            raise self.refuse("an integer is expected")
        return argument if major == UNSIGNED else -1 - argument

    def octets(self, size: int | None = None) -> bytes:
        length = self._expect(BYTES, "a byte string")
        if size is not None and length != size:
            raise self.refuse(f"a byte string of {size} bytes is expected, not {length}")
        return self._take(length)

    def text(self) -> str:
        return self._utf8(self._expect(TEXT, "a text"))

    def array(self, size: int | None = None, most: int | None = None) -> int:
        count = self._expect(ARRAY, "an array")
        if (size is not None and count != size) or (most is not None and count > most):
            raise self.refuse(f"an array has {count} items")
        return count

    def map(self) -> int:
        return self._expect(MAP, "a map")

    def tag(self) -> int:
        return self._expect(TAG, "a tag")

    def null(self) -> bool:
        """Whether the next item is null; it is consumed only then."""
        if self.data[self.position:self.position + 1] != b"\xf6":
            return False
        self.position += 1
        return True

    def octets_or_null(self, size: int) -> bytes | None:
        return None if self.null() else self.octets(size)

    def next_major(self) -> int:
        if self.position >= len(self.data):
            raise self.refuse("cut")
        return self.data[self.position] >> 5

    def end(self) -> None:
        if self.position != len(self.data):
            raise self.refuse("bytes follow its end")

    def raw_since(self, start: int) -> bytes:
        return self.data[start:self.position]

    def skip(self) -> bytes:
        """Walks over one item of any kind, tags included, without recursion: its depth is the sender's choice."""
        start = self.position
        frames: list[_Frame] = []
        while True:
            major, argument = self.head()
            if major in (BYTES, TEXT):
                self._utf8(argument) if major == TEXT else self._take(argument)
            elif major == TAG:
                continue
            elif major in (ARRAY, MAP) and argument:
                frames.append(_Frame(major == MAP, argument * (2 if major == MAP else 1), self.position))
                continue
            while frames and frames[-1].item_ended(self):
                frames.pop()
            if not frames:
                return self.raw_since(start)

    def refuse(self, sentence: str):
        return malformed(f"{self.what}: {sentence}")

    def _expect(self, wanted: int, name: str) -> int:
        major, argument = self.head()
        if major != wanted:
            raise self.refuse(f"{name} is expected")
        return argument

    def _take(self, size: int) -> bytes:
        if size > len(self.data) - self.position:
            raise self.refuse("cut")
        self.position += size
        return self.data[self.position - size:self.position]

    def _utf8(self, size: int) -> str:
        try:
            return self._take(size).decode("utf-8")
        except UnicodeDecodeError:
            raise self.refuse("a text is not UTF-8") from None


class _Frame:
    """An array or map that is not walked to its end yet."""

    def __init__(self, is_map: bool, left: int, position: int):
        self.is_map = is_map
        self.left = left
        self.item_start = position
        self.last_key: bytes | None = None

    def item_ended(self, reader: Reader) -> bool:
        """Counts an item that ended; true when it was the last."""
        if self.is_map and self.left % 2 == 0:
            key = reader.raw_since(self.item_start)
            if self.last_key is not None and key <= self.last_key:
                raise reader.refuse("map keys are not ascending")
            self.last_key = key
        self.item_start = reader.position
        self.left -= 1
        return self.left == 0


def head(major: int, argument: int) -> bytes:
    """The shortest head."""
    if argument < 24:
        return bytes([major << 5 | argument])
    for information, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << (8 * size):
            return bytes([major << 5 | information]) + argument.to_bytes(size, "big")
    raise ValueError(argument)


def of_bytes(value: bytes) -> bytes:
    return head(BYTES, len(value)) + value


def of_text(value: str) -> bytes:
    encoded = value.encode("utf-8")
    return head(TEXT, len(encoded)) + encoded
