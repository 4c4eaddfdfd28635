"""Writing very many customers at once, on a connection of its own to a book that nobody has open yet.

The one place beside consent/bound.py that writes bound rows; what it writes is held against the gates by tests/demo.
"""

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, cast

from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from relcrm import chain
from relcrm.consent import bound, ledger
from relcrm.consent.ledger import Standing
from relcrm.consent.purposes import ANY
from relcrm.customers import search
from relcrm.demo import bought, known, points
from relcrm.demo.drawing import drawing
from relcrm.demo.people import people
from relcrm.demo.world import Act, Known, Person, World
from relcrm.purchases import totals
from relcrm.purchases.models import Purchase

Row = tuple[Any, ...]
Tick = Callable[[int], object]
PART = 1_000
AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
TABLES = {
    "customer": "id public_id name salutation address_as language home_store_id owner_id is_minor created_at created_by_id closed_at version",
    "customer_store": "customer_id store_id since how",
    "contact_point": "customer_id kind value label is_main unreachable added_at added_by_id",
    "consent_state": "customer_id purpose channel standing since until event_id",
    "fact": "customer_id basis readable_until purge_at key slot plain source noted_by_id noted_at confirmed_at event_id",
    "family_member": "customer_id basis readable_until purge_at role plain noted_by_id noted_at confirmed_at",
    "note": "customer_id basis readable_until purge_at words store_id noted_by_id noted_at",
    "tag": "customer_id basis readable_until purge_at name noted_by_id noted_at",
    "purchase": bought.PURCHASE,
    "purchase_line": bought.LINE,
    "points_entry": points.ENTRY,
    "points_lot": points.LOT,
    "points_pending": points.PENDING,
    "scratch.found_by": "store_id key customer_id owner_id seen",
}
EVENT = (
    "customer_id purpose channel action occurred_at recorded_at method actor_type actor_staff_id store_id asked_by_staff"
    " notice_id notice_version notice_sha256 lang scope valid_until"
)
AT = EVENT.split().index("recorded_at")
UNUSED = dict.fromkeys(("evidence_kind", "evidence_sha256", "reason_hmac", "evidence_ref_hmac"))


class _Point(NamedTuple):
    kind: str
    value: str


class _Member(NamedTuple):
    value: dict[str, str]
    sealed: None = None


def write(path: Path, world: World, sums: Any, *, workers: int = 0, tick: Tick = lambda _done: None) -> None:
    """Write all customers of this world; `workers` more processes draw them (0: this one does). The book is the same either way.

    `sums`: totals.figures(). `tick` is told how many more are done, twice each. All or nothing does not hold here: a book that was not finished is thrown away.
    """
    with _connected(path, world.customers) as connection, _without_indexes(connection), drawing(workers) as spread:
        connection.execute("BEGIN")
        parts = [(start, min(start + PART, world.customers)) for start in range(0, world.customers, PART)]
        ids, counts = _ledger(connection, spread(_willed, ((world, *part) for part in parts)), tick)
        _files(connection, spread(_filed, ((world, *part, own) for part, own in zip(parts, _cut(ids, counts), strict=True))), sums, tick)
        _search_keys(connection, world)
        connection.executemany(_insert("line_name", bought.NAMES), bought.names(world))
        connection.execute("COMMIT")


@contextmanager
def _connected(path: Path, customers: int) -> Iterator[sqlite3.Connection]:
    """Without journal and syncs: nobody else reads yet. The unique hashes fall all over their index, which must fit in the cache.

    What must be put in order waits in a second file, in heaps that are sorted one by one: the bundled SQLite sorts in memory only.
    """
    scratch = path.with_name("scratch.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS scratch", (str(scratch),))
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            "foreign_keys=OFF",
            f"main.cache_size=-{4000 + min(400_000, customers // 2)}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()
        for name, heap, columns in (("found_by", "store_id", TABLES["scratch.found_by"]), ("willed", "month", f"month {EVENT}")):
            names = f"n INTEGER, {columns.replace(' ', ', ')}, PRIMARY KEY ({heap}, n)"
            connection.execute(f"CREATE TABLE scratch.{name} ({names}) WITHOUT ROWID")
        yield connection
        connection.execute("DETACH scratch")
    scratch.unlink()


@contextmanager
def _without_indexes(connection: sqlite3.Connection) -> Iterator[None]:
    """Indexes are built once at the end, in order, instead of row by row; that of the search keys would not fit in memory then."""
    names = ", ".join(f"'{name}'" for name in (*TABLES, "consent_event", "customer_totals", "points_balance"))
    found = connection.execute(f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({names})")
    indexes = found.fetchall()
    for name, _sql in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    yield
    connection.execute("PRAGMA main.cache_size=-16000").close()
    for _name, sql in indexes:
        connection.execute(sql)


def _insert(table: str, columns: str) -> str:
    names = columns.split()
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _ledger(connection: sqlite3.Connection, told: Iterable[tuple[int, list[Row]]], tick: Tick) -> tuple["array[int]", list[int]]:
    """Write the ledger in the order of time, chained. Returns the ids of the events as they were told, and how many each part told."""
    counts: list[int] = []
    for told_of, rows in told:
        before = sum(counts)
        connection.executemany(
            _insert("scratch.willed", f"n month {EVENT}"), ((n, row[AT][:7], *row) for n, row in enumerate(rows, start=before))
        )
        counts.append(len(rows))
        tick(told_of)
    ids = array("q", bytes(8 * sum(counts)))
    connection.executemany(_insert("consent_event", f"id prev_hash hash {EVENT}"), _chained(_in_time(connection), ids))
    connection.execute("DROP TABLE scratch.willed")
    return ids, counts


def _in_time(connection: sqlite3.Connection) -> Iterator[Row]:
    for month in connection.execute("SELECT DISTINCT month FROM scratch.willed ORDER BY month").fetchall():
        yield from connection.execute(
            f"SELECT n, {EVENT.replace(' ', ', ')} FROM scratch.willed WHERE month = ? ORDER BY recorded_at, n", month
        )


def _cut(ids: "array[int]", counts: Iterable[int]) -> Iterator["array[int]"]:
    start = 0
    for count in counts:
        yield ids[start : start + count]
        start += count


def _willed(world: World, start: int, stop: int) -> tuple[int, list[Row]]:
    """How many people, and what they willed."""
    rows = []
    for customer_id, person in enumerate(people(world, start, stop), start + 1):
        for act in person.acts:
            at, until = _text(act.occurred_at), act.valid_until
            rows.append(
                (
                    customer_id, act.purpose, act.channel, act.action, at, at, act.method, act.actor_type, act.actor_staff_id,
                    act.store_id, act.asked_by_staff, act.notice.id, act.notice.version, act.notice.sha256, act.lang, act.scope,
                    _text(until) if until else None,
                )
            )  # fmt: skip
    return stop - start, rows


def _chained(rows: Iterable[Row], ids: "array[int]") -> Iterator[Row]:
    """Each row with its id and hashes, as chain.append gives them."""
    before, names = chain.GENESIS, EVENT.split()
    instants, asked = [names.index(name) for name in ("occurred_at", "recorded_at", "valid_until")], names.index("asked_by_staff")
    for event_id, (n, *stored) in enumerate(rows, start=1):
        ids[n] = event_id
        plain = list(stored)
        plain[asked] = bool(plain[asked])
        for place in instants:
            plain[place] = plain[place] and f"{plain[place].replace(' ', 'T')}+00:00"
        own = chain.digest(before, {"id": event_id, **UNUSED, **dict(zip(names, plain, strict=True))})
        yield (event_id, before, own, *stored)
        before = own


def _files(connection: sqlite3.Connection, told: Iterable[tuple[int, dict[str, list[Row]]]], sums: Any, tick: Tick) -> None:
    n = 0
    for told_of, rows in told:
        keys = rows.pop("scratch.found_by")
        for table, waiting in rows.items():
            connection.executemany(_insert(table, TABLES[table]), waiting)
        connection.execute(_totals_of(rows["purchase"], sums))
        connection.execute(points.balances_of(rows["points_entry"]))
        numbered = ((place, *row) for place, row in enumerate(keys, start=n))
        connection.executemany(_insert("scratch.found_by", f"n {TABLES['scratch.found_by']}"), numbered)
        n += len(keys)
        tick(told_of)


def _totals_of(purchases: list[Row], sums: Any) -> str:
    """The program's own sums over the purchases of one part, which have their ids side by side."""
    first, last = (purchases[0][0], purchases[-1][0]) if purchases else (0, 0)
    compiled = sums.where(Purchase.id.between(first, last)).compile(dialect=sqlite_dialect(), compile_kwargs={"literal_binds": True})
    return f"INSERT INTO customer_totals ({', '.join(totals.COLUMNS)}) {compiled}"


def _search_keys(connection: sqlite3.Connection, world: World) -> None:
    """Store by store in the order of the table, so that each row comes to lie behind the one before."""
    columns = TABLES["scratch.found_by"].replace(" ", ", ")
    for place in world.places:
        connection.execute(
            f"INSERT INTO search_key ({columns}) SELECT {columns} FROM scratch.found_by WHERE store_id = ? ORDER BY key, customer_id",
            (place.id,),
        )


def _filed(world: World, start: int, stop: int, ids: "array[int]") -> tuple[int, dict[str, list[Row]]]:
    """How many people, and everything of them but the ledger itself; `ids` are those of their acts."""
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    given = iter(ids)
    for customer_id, person in enumerate(people(world, start, stop), start + 1):
        for act in person.acts:
            act.id = next(given)
        _file(rows, world, customer_id, person)
    return stop - start, rows


def _file(rows: dict[str, list[Row]], world: World, customer_id: int, person: Person) -> None:
    standings = _states(rows["consent_state"], world, customer_id, person.acts)
    service, created = standings["service"], _text(person.created_at)
    closed = None if service.allowed else _text(service.since or world.now)
    rows["customer"].append(
        (
            customer_id, person.public_id, person.name, person.salutation, person.address_as, person.language, person.place.id,
            person.owner_id, False, created, person.created_by, closed, 1,
        )
    )  # fmt: skip
    rows["customer_store"] += [(customer_id, store_id, _text(since), how) for store_id, since, how in person.links]
    kinds: set[str] = set()
    for kind, value, label in person.contacts:
        rows["contact_point"].append((customer_id, kind, value, label, kind not in kinds, False, created, person.created_by))
        kinds.add(kind)
    lines = _bound(rows, world, customer_id, person, standings)
    end = world.now if service.allowed else service.since or world.now
    purchases, lines_sold = bought.bought(world, customer_id, person, end)
    earned = points.points(world, purchases)
    for table, own in zip(
        ("purchase", "purchase_line", "points_entry", "points_lot", "points_pending"), (purchases, lines_sold, *earned), strict=True
    ):
        rows[table] += own
    if closed is None:
        _found_by(rows["scratch.found_by"], customer_id, person, lines)


def _states(rows: list[Row], world: World, customer_id: int, acts: list[Act]) -> dict[str, Standing]:
    """Rows of ConsentState as ledger.derived makes them. Returns where each purpose stands on any channel."""
    found = {}
    for purpose, group in groupby(sorted(acts, key=lambda act: act.purpose), key=lambda act: act.purpose):
        events = cast(Any, list(group))
        for channel in ledger.channels(purpose, events):
            now = ledger.standing(events, channel, world.now, world.cuts)
            if now.event_id is not None and now.since is not None:
                until = _text(now.until) if now.until else None
                rows.append((customer_id, purpose, channel, now.code, _text(now.since), until, now.event_id))
        found[purpose] = ledger.standing(events, ANY, world.now, world.cuts)
    return found


def _bound(rows: dict[str, list[Row]], world: World, customer_id: int, person: Person, standings: Mapping[str, Standing]) -> list[Known]:
    """Rows that hang on a consent, with what the gate would have set. Returns those that may be read."""
    held = {basis: now for basis, now in standings.items() if now.allowed or _lies_still(now, world.now)}
    lines = known.known(world, person, held) if person.known is None else [line for line in person.known if line.basis in held]
    for line in lines:
        now = held[line.basis]
        until = _text(now.until or bound.FOREVER) if now.allowed else None
        gone = None if now.allowed or now.since is None else _text(now.since + bound.KEPT_AFTER_WITHDRAWAL)
        table, own = _line(line, person, now)
        rows[table].append((customer_id, line.basis, until, gone, *own))
    return [line for line in lines if held[line.basis].allowed]


def _lies_still(now: Standing, at: datetime) -> bool:
    """Taken back or run out not long ago: hidden, not yet deleted."""
    return now.code in ("WITHDRAWN", "EXPIRED", "SUPERSEDED") and now.since is not None and at - now.since < bound.KEPT_AFTER_WITHDRAWAL


def _line(line: Known, person: Person, now: Standing) -> tuple[str, Row]:
    noted, confirmed = _text(line.noted_at), _text(line.confirmed_at)
    if line.kind == "note":
        return "note", (line.value, person.place.id, line.noted_by, noted)
    if line.kind == "tag":
        return "tag", (line.key, line.noted_by, noted)
    plain = AS_JSON(line.value)
    if line.kind == "family":
        return "family_member", (line.key, plain, line.noted_by, noted, confirmed)
    return "fact", (line.key, line.slot, plain, line.source, line.noted_by, noted, confirmed, now.event_id)


def _found_by(rows: list[Row], customer_id: int, person: Person, lines: Iterable[Known]) -> None:
    """Search keys of all her stores, as search.reindex would write them."""
    points = [_Point(kind, value) for kind, value, _label in person.contacts]
    family = [_Member(cast(dict[str, str], line.value)) for line in lines if line.kind == "family"]
    keys = search.keys_of(cast(Any, person), cast(Any, points), cast(Any, family))
    seen = person.acts[-1].occurred_at.toordinal()
    rows += [(store_id, key, customer_id, person.owner_id, seen) for store_id, _since, _how in person.links for key in keys]


def _text(at: datetime) -> str:
    """An instant in UTC as the database keeps it."""
    return at.isoformat(" ", "microseconds")[:26]
