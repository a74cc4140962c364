"""Messages of the greatest length, in words, numbers and scripts of different widths."""

from __future__ import annotations

from substrate.wire import MAX_TEXT_BYTES

LONGEST_TEXTS = tuple(
    (text * (MAX_TEXT_BYTES // len(text.encode()) + 1)).encode()[:MAX_TEXT_BYTES].decode(errors="ignore")
    for text in (
        " ".join(f"Word{number}" for number in range(2_000)),
        " ".join(str(number) for number in range(4_000)),
        " ".join(chr(0x900 + number % 60) + chr(0x930 + number // 60) for number in range(3_000)),
        "".join(chr(0x4E00 + number) for number in range(20_000)),
        "\U00020000\U00020001 " * 3,
        "x\n",
    )
)
