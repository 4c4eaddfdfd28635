"""`relcrm staff …`: what must be possible without a browser, first of all for an owner who forgot her password."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from relcrm.errors import SetupError

HERE = "http://127.0.0.1:8000"
ROLES = ("associate", "store_manager", "area_manager", "owner", "auditor")


@click.group()
def staff() -> None:
    """Colleagues: add, list, passwords, sessions, leaving."""


@contextmanager
def _book() -> Iterator[Any]:
    """The app with its context; a refusal is put into words while there still is a language."""
    from relcrm.cli import make_app
    from relcrm.errors import RelcrmError

    app = make_app()
    with app.app_context(), app.test_request_context(headers={"Accept-Language": app.config["RELCRM"].language}):
        try:
            yield app
        except RelcrmError as error:
            raise SetupError(str(error.message)) from error


@staff.command()
@click.argument("number")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="associate", show_default=True)
@click.option("--store", help="Name of the store; not needed where there is only one.")
@click.option("--phone", default="", help="To sign in with, beside the staff number.")
def add(number: str, name: str, role: str, store: str | None, phone: str) -> None:
    """Add a colleague and print the one-time link for choosing a password."""
    with _book() as app:
        from relcrm.db import write_tx
        from relcrm.staff import rules
        from relcrm.staff.models import CHAIN_ROLES

        with write_tx() as tx:
            place = None if role in CHAIN_ROLES else _store(tx, store)
            reached = rules.read_phone(phone, _countries(tx, place))
            _person, token = rules.invite(tx, None, number=number, name=name, phone=reached, role=role, store=place)
        click.echo(_link(app, token))


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="One array, for programs.")
@click.option("--all", "everybody", is_flag=True, help="Those who left as well.")
def list_(as_json: bool, everybody: bool) -> None:
    """Who works here, with roles and the last use."""
    with _book():
        found = [row for row in _rows() if everybody or row["left_on"] is None]
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(_line(row) for row in found))


@staff.command()
@click.argument("number")
@click.option("--password", prompt="New password", hide_input=True, confirmation_prompt=True)
def password(number: str, password: str) -> None:
    """Set a colleague's password and end all sessions."""
    with _book():
        from relcrm.db import write_tx
        from relcrm.staff import passwords, sessions

        person = _person(number)
        passwords.check_new(password, number=person.number, name=person.name)
        new = passwords.hashed(password)
        with write_tx() as tx:
            sessions.change_password(tx, _person(number), new, by_server=True)
    click.echo("The password is changed; all devices are signed out.")


@staff.command()
@click.argument("number")
def reset(number: str) -> None:
    """Print a new one-time link for choosing a password."""
    with _book() as app:
        from relcrm.db import write_tx
        from relcrm.staff import rules

        with write_tx() as tx:
            token = rules.new_link(tx, None, _person(number))
        click.echo(_link(app, token))


@staff.command("end-sessions")
@click.argument("number")
def end_sessions(number: str) -> None:
    """Sign a colleague out on all devices."""
    with _book():
        from relcrm.db import write_tx
        from relcrm.staff import rules

        with write_tx() as tx:
            rules.end_sessions(tx, None, _person(number))
    click.echo("All devices are signed out.")


@staff.command()
@click.argument("number")
def leave(number: str) -> None:
    """A colleague leaves today: sessions, password and links end, roles stay as history."""
    with _book() as app:
        from relcrm import clock
        from relcrm.db import write_tx
        from relcrm.staff import rules

        with write_tx() as tx:
            rules.leave(tx, None, _person(number), clock.today(app.config["RELCRM"].time_zone))
    click.echo("Noted: left today.")


def _person(number: str) -> Any:
    """Raises SetupError, because on the command line an unknown number is a wrong argument."""
    import sqlalchemy as sa
    from sqlalchemy.orm import joinedload

    from relcrm.db import session
    from relcrm.staff.models import Membership, StaffMember

    query = sa.select(StaffMember).options(joinedload(StaffMember.memberships).joinedload(Membership.store))
    found = session().scalar(query.where(sa.func.lower(StaffMember.number) == number.lower()))
    if found is None:
        raise SetupError(f"Nobody has the staff number {number}. `relcrm staff list` shows them all.")
    return found


def _store(tx: Any, name: str | None) -> Any:
    from relcrm.staff.models import Store

    rows = tx.query(Store).order_by(Store.name).all()
    found = rows if name is None else [row for row in rows if name in (row.name, row.public_id)]
    if len(found) != 1:
        raise SetupError(f"Say which store: --store with one of {', '.join(row.name for row in rows)}.")
    return found[0]


def _countries(tx: Any, place: Any) -> list[str]:
    from relcrm.staff import queries
    from relcrm.staff.models import Store

    return queries.countries_of([place] if place else tx.query(Store).order_by(Store.id))


def _rows() -> list[dict[str, Any]]:
    import sqlalchemy as sa
    from sqlalchemy.orm import selectinload

    from relcrm.db import session
    from relcrm.staff import queries
    from relcrm.staff.models import Membership, StaffMember

    query = sa.select(StaffMember).options(selectinload(StaffMember.memberships).joinedload(Membership.store))
    people = list(session().scalars(query.order_by(StaffMember.number)))
    used = queries.last_used(one.id for one in people)
    return [
        {
            "number": one.number,
            "name": one.name,
            "roles": [{"role": m.role, "store": m.store.name if m.store else None} for m in one.memberships],
            "last_used": used[one.id].isoformat(timespec="seconds") if one.id in used else None,
            "left_on": one.left_on.isoformat() if one.left_on else None,
        }
        for one in people
    ]


def _line(row: dict[str, Any]) -> str:
    roles = ", ".join(f"{held['role']} {held['store'] or ''}".strip() for held in row["roles"])
    state = f"left {row['left_on']}" if row["left_on"] else (row["last_used"] or "never signed in")
    return f"{row['number']:12} {row['name']:16} {roles:32} {state}"


def _link(app: Any, token: str) -> str:
    from relcrm.staff import links

    return links.address(app.config["RELCRM"].public_url or HERE, token)
