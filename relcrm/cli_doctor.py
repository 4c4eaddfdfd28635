"""`relcrm doctor`: is the book sound? What is asked is relcrm.doctor and whoever registers there."""

import json
import sys
from itertools import islice
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from relcrm.doctor import Check

MOST_SHOWN = 20


@click.command()
@click.option("--deep", is_flag=True, help="Hold every index of the database against its table too (minutes for a large book).")
@click.option("--mend", is_flag=True, help="Write anew what follows from other rows, then ask again.")
@click.option("--json", "as_json", is_flag=True, help="One object for machines.")
def doctor(deep: bool, mend: bool, as_json: bool) -> None:
    """Look the book over and say what is wrong; exit code 1 when anything is."""
    from relcrm import create_app, db
    from relcrm import doctor as asked

    found: dict[str, list[str]] = {}
    with create_app().app_context():
        for check in asked.checks:
            found[check.name] = _ask(check, deep)
            if mend and check.mend is not None and found[check.name]:
                check.mend()
                found[check.name] = _ask(check, deep)
            db.session().rollback()
            if not as_json:
                _say(check, found[check.name])
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    sys.exit(1 if any(found.values()) else 0)


def _ask(check: "Check", deep: bool) -> list[str]:
    return list(islice(check.faults(deep), MOST_SHOWN + 1))


def _say(check: "Check", faults: list[str]) -> None:
    click.echo(f"{'ok  ' if not faults else 'BAD '} {check.name}")
    for line in faults[:MOST_SHOWN]:
        click.echo(f"     {line}")
    if len(faults) > MOST_SHOWN:
        click.echo("     … and more")
    if faults and check.helps:
        click.echo(f"     what helps: {check.helps}")
