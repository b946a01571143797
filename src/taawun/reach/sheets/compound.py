"""The old Office container, as far as a guard needs it: which streams it holds, and how far the cells of a workbook reach."""

import struct
from typing import Final

_FREE: Final = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_FILE_PASS: Final = 0x002F
# Records of cells: they begin with a row and a column; MULRK and MULBLANK end with the last column.
_CELLS: Final = frozenset({0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, 0x0003, 0x0004, 0x0002, 0x0005})
_CELLS_IN_A_ROW: Final = frozenset({0x00BD, 0x00BE})
_BLANKS: Final = frozenset({0x0201, 0x0001, 0x00BE})


class Compound:
    """A compound file. Raises ``ValueError`` where it is broken."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512:
            raise ValueError("too short")
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("sector size")
        self._sector = 1 << shift
        (fat_count, directory, _, self._mini_limit, mini_fat, mini_count, difat, difat_count) = struct.unpack_from(
            "<IIIIIIII", data, 44
        )
        self._count = len(data) // self._sector
        self._fat = self._read_fat(fat_count, difat, difat_count)
        self._streams: dict[str, tuple[int, int]] = {}
        self._mini = b""
        self._read_directory(directory)
        self._mini_fat = self._numbers(self._chain(mini_fat)) if mini_count else []

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._streams)

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        return self._data[start : start + self._sector]

    def _numbers(self, data: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))

    def _read_fat(self, fat_count: int, difat: int, difat_count: int) -> list[int]:
        places = self._numbers(self._data[76:512])
        for _ in range(min(difat_count, self._count)):
            if difat >= _FREE:
                break
            numbers = self._numbers(self._at(difat))
            if not numbers:
                break
            places.extend(numbers[:-1])
            difat = numbers[-1]
        fat: list[int] = []
        for number in [one for one in places if one < _FREE][: min(fat_count, self._count)]:
            fat.extend(self._numbers(self._at(number)))
        return fat

    def _chain(self, start: int) -> bytes:
        parts: list[bytes] = []
        while start < _FREE:
            if start >= len(self._fat) or len(parts) > self._count:
                raise ValueError("a chain of sectors that never ends")
            parts.append(self._at(start))
            start = self._fat[start]
        return b"".join(parts)

    def _read_directory(self, start: int) -> None:
        data = self._chain(start)
        for place in range(0, len(data) - 127, 128):
            length = struct.unpack_from("<H", data, place + 64)[0]
            kind = data[place + 66]
            if kind not in (2, 5) or not 2 <= length <= 64:
                continue
            name = data[place : place + length - 2].decode("utf-16-le", "replace").casefold()
            first, size = struct.unpack_from("<II", data, place + 116)
            if kind == 5:
                self._mini = self._chain(first) if first < _FREE else b""
            else:
                self._streams[name] = first, size

    def stream(self, name: str) -> bytes:
        first, size = self._streams[name]
        if size >= self._mini_limit:
            return self._chain(first)[:size]
        parts: list[bytes] = []
        while first < _FREE:
            if first >= len(self._mini_fat) or len(parts) > len(self._mini_fat):
                raise ValueError("a chain of small sectors that never ends")
            parts.append(self._mini[first * 64 : first * 64 + 64])
            first = self._mini_fat[first]
        return b"".join(parts)[:size]

    def extent(self, name: str) -> tuple[int, int, bool]:
        """Return the last row and column any sheet of the workbook fills (counted from 1), and whether it is encrypted."""
        data = self.stream(name)
        rows = columns = 1
        place = 0
        while place + 4 <= len(data):
            code, length = struct.unpack_from("<HH", data, place)
            place += 4
            if code == _FILE_PASS:
                return rows, columns, True
            if (code in _CELLS or code in _CELLS_IN_A_ROW) and length >= 6 and place + length <= len(data):
                row, column = struct.unpack_from("<HH", data, place)
                if code in _CELLS_IN_A_ROW:
                    column = max(column, struct.unpack_from("<H", data, place + length - 2)[0])
                if code not in _BLANKS:
                    rows, columns = max(rows, row + 1), max(columns, column + 1)
            place += length
        return rows, columns, False
