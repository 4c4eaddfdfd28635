"""`relcrm export`: the same files as in the browser, by the same rules and into the same log."""

import os
from pathlib import Path
from typing import Any

import click

from relcrm.errors import RelcrmError, SetupError

FORMATS = ("csv", "xlsx", "vcf")


@click.group("export")
def take_out() -> None:
    """Take files out of the book."""


@take_out.command("customers")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--store", "store_name", default="", help="Only the customers of this store; else of all that the person answers for.")
@click.option("--by", "number", default="", help="Staff number of who answers for it; else the owner.")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Else by the ending of FILE.")
@click.option("--with-phones", is_flag=True, help="Phones, e-mails, WeChat names and card numbers too.")
@click.option("--why", required=True, help="What the file is for; kept with the log.")
def customers(file: Path, store_name: str, number: str, format_: str | None, with_phones: bool, why: str) -> None:
    """Write customers into FILE (which may not be there yet), with every column that this person may take out."""
    from relcrm.cli import make_app
    from relcrm.i18n import speaking

    form = format_ or file.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise SetupError(f"Say with --format what {file.name} is to be: {', '.join(FORMATS)}.")
    app = make_app()
    with app.app_context(), speaking(app.config["RELCRM"].language):
        try:
            rows = _take_out(file, store_name, number, form, with_phones, why, app.config["RELCRM"].language)
        except RelcrmError as error:
            raise SetupError(str(error.message)) from error
    click.echo(f"{rows} customers are in {file}. It is in the log of what was taken out.")


def _take_out(file: Path, store_name: str, number: str, form: str, with_phones: bool, why: str, lang: str) -> int:
    from relcrm.cli_import import actor_of
    from relcrm.customers import export_run, export_sources
    from relcrm.customers.export_columns import CONTACTS
    from relcrm.customers.export_log import Wish

    actor = actor_of(number)
    source = _source(actor, store_name)
    with _new(file) as target:
        try:
            items = export_sources.offered(actor, source.stores, lang)
            chosen = [item.key for item in items if item.key not in CONTACTS] + (list(CONTACTS) if with_phones else [])
            made = export_run.make(actor.id, Wish(source.what, tuple(chosen), form, why, lang), tick=_tick)
            for chunk in made.chunks():
                target.write(chunk)
        except BaseException:
            file.unlink()
            raise
    return made.rows


def _tick(count: int) -> None:
    click.echo(".", nl=False, err=True)


def _new(file: Path) -> Any:
    """Readable by nobody else, and nothing is written over."""
    try:
        return os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
    except FileExistsError:
        raise SetupError(f"{file} is there already. Name a file that is not.") from None
    except OSError as error:
        raise SetupError(f"{file} cannot be written: {error.strerror}.") from None


def _source(actor: Any, name: str) -> Any:
    from relcrm.customers import export_sources

    stores = export_sources.held_stores(actor)
    if not stores:
        raise SetupError("This person may take customers out of no store.")
    found = [store for store in stores if store.name.lower() == name.strip().lower()]
    if name and not found:
        raise SetupError(f"There is no store {name} here. There are: {', '.join(store.name for store in stores)}.")
    what = f"store:{found[0].public_id}" if found else "stores"
    return export_sources.source(actor, what)
