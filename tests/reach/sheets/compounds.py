"""Workbooks of the old kind, made by hand: as small as they can be."""

import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512


def compound(streams: dict[str, bytes]) -> bytes:
    """Return a compound file with these streams, each long enough to lie in ordinary sectors."""
    directory_entries = [_entry("Root Entry", 5, END, 0, child=1)]
    data, fat = b"", [FAT, END]
    first = 2
    for name, content in streams.items():
        content = content.ljust(4096, b"\0")
        content += b"\0" * (-len(content) % SECTOR)
        count = len(content) // SECTOR
        directory_entries.append(_entry(name, 2, first, len(content)))
        fat += [*range(first + 1, first + count), END]
        data += content
        first += count
    directory = b"".join(directory_entries).ljust(SECTOR, b"\0")
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    return header + table + directory + data


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    return head + struct.pack("<III", FREE, FREE, child) + b"\0" * 36 + struct.pack("<IQ", start, size)


def workbook(cells: list[tuple[int, int, str | float]], *, sealed: bool = False) -> bytes:
    """Return the stream of a workbook with one sheet."""

    def record(code: int, content: bytes = b"") -> bytes:
        return struct.pack("<HH", code, len(content)) + content

    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0600))
    sealing = record(0x002F, b"\1\0" + b"\0" * 52) if sealed else b""
    name = b"Needs"
    sheet_record = 4 + 8 + len(name)
    offset = len(begin) + len(sealing) + sheet_record + 4
    globals_ = (
        begin + sealing + record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(name), 0) + name) + record(0x000A)
    )
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0x0600))
    for row, column, value in cells:
        if isinstance(value, str):
            text = value.encode("utf-16-le")
            sheet += record(0x0204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + text)
        else:
            sheet += record(0x0203, struct.pack("<HHHd", row, column, 0, value))
    return globals_ + sheet + record(0x000A)
