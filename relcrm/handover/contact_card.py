"""The code on a contact card: a camera that reads it offers to keep the shop's number (vCard 3.0, RFC 2426)."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from relcrm.staff import settings
from relcrm.staff.models import StaffMember, Store

QUIET = 2


@dataclass(frozen=True)
class Code:
    """A QR code as one path in a square of `size` units, its quiet zone included."""

    size: int
    path: str


def qr(associate: StaffMember, store: Store) -> Code | None:
    """None for a store without a number."""
    if not store.phone:
        return None
    import segno

    rows = list(segno.make(vcard(associate, store), error="m").matrix_iter(border=QUIET))
    return Code(len(rows), "".join(_runs(y, row) for y, row in enumerate(rows)))


def _runs(y: int, row: Iterable[int]) -> str:
    """The dark stretches of one row as rectangles one unit high."""
    drawn, x = "", 0
    for dark, stretch in groupby(row):
        length = len(list(stretch))
        drawn += f"M{x} {y}h{length}v1h-{length}z" if dark else ""
        x += length
    return drawn


def vcard(associate: StaffMember, store: Store) -> str:
    """The shop first, then who served: so it is found in an address book."""
    shop = " ".join(part for part in (settings.text("chain_name"), store.name) if part)
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:;{_plain(shop)};;;",
        f"FN:{_plain(shop)} · {_plain(associate.name)}",
        f"ORG:{_plain(shop)}",
        f"TEL:{store.phone}",
    ]
    if store.address:
        lines.append(f"ADR:;;{_plain(store.address)};;;;")
    return "\r\n".join([*lines, "END:VCARD", ""])


def _plain(words: str) -> str:
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", " ")
