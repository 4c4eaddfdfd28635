"""Who wants to know that somebody can be reached in a new way: told in the same transaction, wherever a contact is written."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

Added = Sequence[tuple[int, str, str]]
# Told of (customer's id, kind, value).
followers: list[Callable[[Session, Added], None]] = []


def added(tx: Session, contacts: Added) -> None:
    for follower in followers if contacts else ():
        follower(tx, contacts)
