"""Looks at every statement a test sends: none may read rows that hang on a consent without asking whether it stands."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from relcrm.consent import bound

WITH = r'(?:FROM|JOIN|,)\s+"?({tables})"?(?![\w.])'
TEACH = (
    "This statement reads rows that hang on a consent, and nothing in it asks whether the consent stands. "
    "Read through session() with an ORM select (sa.select(Fact)…), never through Core tables, text() or a connection of your own; "
    "all writing of such rows is relcrm/consent/bound.py's.\n"
)


def ungated(statement: str) -> bool:
    """Does it name a bound table as a source more often than it compares readable_until?"""
    tables = "|".join(sorted(kind.__tablename__ for kind in bound.kinds()))
    if not re.match(r"\s*(SELECT|WITH)\b|.*\bRETURNING\b", statement, re.DOTALL):
        return False
    sources = len(re.findall(WITH.format(tables=tables), statement))
    if re.match(r"\s*(INSERT|UPDATE|DELETE)", statement) and "RETURNING" in statement:
        sources += len(re.findall(rf"^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:{tables})\b", statement))
    return sources > len(re.findall(r"readable_until >", statement))


@contextmanager
def watching() -> Iterator[list[str]]:
    """Statements that passed the gate by, in the order in which they were sent."""
    found: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        lifted = context is not None and context.execution_options.get(bound.LIFTED)
        if not lifted and ungated(statement):
            found.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", look)
