"""`relcrm import`: the same reading of a customer file as in the browser, in the foreground."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from relcrm.errors import RelcrmError, SetupError

SOME_REFUSED = 2


class Honest(click.Command):
    """2 means that rows were refused; what click itself refuses could not start, and that is 1."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as error:
            error.show()
            sys.exit(1)


@click.group("import")
def bring_in() -> None:
    """Bring files into the book."""


@bring_in.command("customers", cls=Honest)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--store", "store_name", default="", help="The store whose customers they are; needed when there are several.")
@click.option("--source", default="", help="Where the file comes from, such as the name of the old till.")
@click.option("--by", "number", default="", help="Staff number of who answers for it; else the owner.")
@click.option(
    "--mapping", multiple=True, metavar="COLUMN=TARGET,…", help="What a column (its name or number from 1) is. `skip` leaves it out."
)
@click.option("--consents-proved", is_flag=True, help="The owner can prove that a yes in the columns of consents was given.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
def customers(file: Path, store_name: str, source: str, number: str, mapping: Sequence[str], consents_proved: bool, dry_run: bool) -> None:
    """Bring in a CSV or Excel file. Rows that cannot be taken are written beside it as FILE.refused.csv.

    Exit code 0: every row went in. 2: some were refused. 1: it could not start.
    """
    from relcrm.cli import make_app
    from relcrm.i18n import speaking

    app = make_app()
    with app.app_context(), speaking(app.config["RELCRM"].language):
        try:
            refused = _bring_in(file, store_name, source, number, mapping, consents_proved, dry_run, app.config["RELCRM"].language)
        except RelcrmError as error:
            raise SetupError(str(error.message)) from error
    sys.exit(SOME_REFUSED if refused else 0)


@bring_in.command("purchases", cls=Honest)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--store", "store_name", default="", help="The store they are of, unless a column says so; needed when there are several.")
@click.option("--source", default="", help="The till they come from. Files of one source know each other's receipts.")
@click.option("--by", "number", default="", help="Staff number of who answers for it; else the owner.")
@click.option(
    "--mapping", multiple=True, metavar="COLUMN=TARGET,…", help="What a column (its name or number from 1) is. `skip` leaves it out."
)
@click.option("--separator", default="", help="What separates the cells, if it is not found: , ; | tab or blanks.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
def purchases(file: Path, store_name: str, source: str, number: str, mapping: Sequence[str], separator: str, dry_run: bool) -> None:
    """Bring in receipts of another till, CSV or Excel. Lines that cannot be taken are written beside it as FILE.refused.csv.

    Exit code 0: every line went in or waits for its customer. 2: some were refused. 1: it could not start.
    """
    from relcrm.cli import make_app
    from relcrm.i18n import speaking

    app = make_app()
    lang = app.config["RELCRM"].language
    with app.app_context(), speaking(lang):
        try:
            refused = _receipts(file, store_name, source, number, mapping, separator, dry_run, lang)
        except RelcrmError as error:
            raise SetupError(str(error.message)) from error
    sys.exit(SOME_REFUSED if refused else 0)


def _receipts(
    file: Path, store_name: str, source: str, number: str, mapping: Sequence[str], separator: str, dry_run: bool, lang: str
) -> int:
    """How many rows were refused."""
    from relcrm.customers import import_files, imports
    from relcrm.db import write_tx
    from relcrm.receipts import columns, importing

    actor = actor_of(number)
    store = _store(actor, store_name)
    if not file.is_file():
        raise SetupError(f"There is no file {file}.")
    told = {"about": columns.RECEIPTS, "limit": importing.MOST_BYTES, "delimiter": {"tab": "\t", "blanks": " "}.get(separator, separator)}
    kept, actor_id, store_id = import_files.keep(file, file.name, importing.MOST_ROWS, **told), actor.id, store.id
    named = {"file_name": file.name, "lang": lang, "source": source}
    try:
        if dry_run:
            batch = importing.drafted(actor, store, kept, **named)
            importing.choose(batch, _mapped(importing.columns_of(batch), mapping), batch.source)
            return _receipts_foreseen(file, batch)
        with write_tx() as tx:
            started = importing.make(tx, _by_id(actor_id), _store_by_id(store_id), kept, **named)
            importing.choose(started, _mapped(importing.columns_of(started), mapping), started.source)
            imports.start(tx, _by_id(actor_id), started)
            batch_id = started.id
    except BaseException:
        import_files.drop(kept.name)
        raise
    del started  # else every piece loads it again
    batch = _worked_off(batch_id)
    return _receipts_report(file, importing.brought(batch), batch)


def _receipts_foreseen(file: Path, batch: Any) -> int:
    from relcrm.customers import import_files, refused
    from relcrm.receipts import importing, words
    from relcrm.receipts.tally import REFUSED, Tally

    tally, header, bad = Tally(), importing.terms_of(batch).header, []
    with click.progressbar(length=batch.row_count, file=sys.stderr) as bar:
        for verdicts, judge in importing.judged(batch):
            judge.tally_up(tally, verdicts)
            bad += [(one.line.row, refused.reason(one.problems, header)) for one in verdicts if one.outcome == REFUSED]
            bar.update(tally.rows - bar.pos)
    import_files.drop(batch.kept_as)
    click.echo("Nothing was stored. This is what would happen:")
    click.echo(f"{tally.receipts} receipts of {tally.people} customers, {tally.booked} lines, {tally.returned} returns")
    for sentence in words.sentences(tally):
        click.echo(str(sentence))
    return _write_refused(file, header, bad)


def _receipts_report(file: Path, brought: Any, batch: Any) -> int:
    from relcrm.customers import imports
    from relcrm.receipts import words
    from relcrm.receipts.tally import Tally

    click.echo(
        f"{brought.receipts} receipts of {brought.people} customers, {brought.lines} lines; {brought.waiting} wait for their customer"
    )
    for sentence in words.sentences(Tally.read(batch.did)):
        click.echo(str(sentence))
    return _write_refused(file, imports.header_of(batch), list(imports.refused_rows(batch)))


def _bring_in(file: Path, store_name: str, source: str, number: str, mapping: Sequence[str], proves: bool, dry_run: bool, lang: str) -> int:
    """How many rows were refused."""
    from relcrm.customers import import_files, imports
    from relcrm.db import write_tx

    actor = actor_of(number)
    store = _store(actor, store_name)
    if not file.is_file():
        raise SetupError(f"There is no file {file}.")
    kept, actor_id, store_id = import_files.keep(file, file.name), actor.id, store.id
    told: dict[str, Any] = {"file_name": file.name, "lang": lang, "source": source}
    try:
        if dry_run:
            batch = imports.drafted(actor, store, kept, **told)
            imports.choose(batch, _mapped(imports.columns_of(batch), mapping), actor, proves=proves)
            return _foreseen(file, batch)
        with write_tx() as tx:
            started = imports.make(tx, _by_id(actor_id), _store_by_id(store_id), kept, **told)
            imports.choose(started, _mapped(imports.columns_of(started), mapping), _by_id(actor_id), proves=proves)
            imports.start(tx, _by_id(actor_id), started)
            batch_id = started.id
    except BaseException:
        import_files.drop(kept.name)
        raise
    del started  # else every piece loads it again
    return _run(file, batch_id)


def _run(file: Path, batch_id: int) -> int:
    from relcrm.customers import imports

    batch = _worked_off(batch_id)
    return _report(file, imports.tally_of(batch), imports.header_of(batch), list(imports.refused_rows(batch)), batch.lang)


def _worked_off(batch_id: int) -> Any:
    """Piece by piece like the worker, which goes on where a kill leaves off."""
    from relcrm.customers import import_files, import_job, imports
    from relcrm.customers.import_models import ImportBatch
    from relcrm.db import session, write_tx

    def step() -> tuple[str, int]:
        with write_tx() as tx:
            batch = tx.get_one(ImportBatch, batch_id)
            import_job.step(tx, batch)
            return batch.status, batch.rows_done

    with click.progressbar(length=session().get_one(ImportBatch, batch_id).row_count, file=sys.stderr) as bar:
        status, done = step()
        while status in imports.MOVING:
            bar.update(done - bar.pos)
            import_job.read_ahead()
            status, done = step()
    batch = session().get_one(ImportBatch, batch_id)
    if batch.status != "done":
        raise SetupError(f"The import broke off after row {batch.rows_done} ({batch.failure or batch.status}).")
    kept = batch.kept_as
    with write_tx() as tx:
        tx.get_one(ImportBatch, batch_id).kept_as = ""
    import_files.drop(kept)
    return session().get_one(ImportBatch, batch_id)


def _foreseen(file: Path, batch: Any) -> int:
    from relcrm.customers import import_files, imports, refused
    from relcrm.customers.import_tally import REFUSED, Tally

    tally, terms, bad = Tally(), imports.terms_of(batch), []
    with click.progressbar(length=batch.row_count, file=sys.stderr) as bar:
        for verdicts in imports.judged(imports.rows_of(batch), terms):
            imports.tally_up(tally, verdicts)
            bad += [(verdict.row, refused.reason(verdict.problems, terms.header)) for verdict in verdicts if verdict.outcome == REFUSED]
            bar.update(len(verdicts))
    import_files.drop(batch.kept_as)
    click.echo("Nothing was stored. This is what would happen:")
    return _report(file, tally, list(terms.header), bad, batch.lang)


def _report(file: Path, tally: Any, header: Sequence[str], bad: Sequence[Any], lang: str) -> int:
    from relcrm.customers import import_words

    click.echo(f"{tally.created} new, {tally.updated + tally.merged} added to, {tally.unchanged} known already, {tally.refused} not taken")
    for sentence in import_words.needs(tally.unstored, lang):
        click.echo(str(sentence))
    return _write_refused(file, header, bad)


def _write_refused(file: Path, header: Sequence[str], bad: Sequence[Any]) -> int:
    from relcrm.customers import refused

    if bad:
        path = file.with_name(f"{file.name}.refused.csv")
        path.touch(mode=0o600)
        os.chmod(path, 0o600)
        refused.write_refused(path, header, bad)
        click.echo(f"The rows that were not taken, with the reasons: {path}")
    return len(bad)


def actor_of(number: str) -> Any:
    from relcrm.db import session
    from relcrm.staff.models import Membership, StaffMember

    query = session().query(StaffMember.id).filter(StaffMember.left_on.is_(None)).order_by(StaffMember.id)
    wanted = StaffMember.number == number if number else StaffMember.memberships.any(Membership.role == "owner")
    row = query.filter(wanted).first()
    if row is None:
        raise SetupError(f"Nobody works here with the staff number {number}." if number else "This chain has no owner yet.")
    return _by_id(row.id)


def _by_id(staff_id: int) -> Any:
    from relcrm.staff.sessions import with_memberships

    return with_memberships(staff_id)


def _store(actor: Any, name: str) -> Any:
    from relcrm.customers import imports

    stores = imports.stores_of(actor)
    found = [store for store in stores if name.strip().lower() == store.name.lower()] if name else list(stores)
    if len(found) == 1:
        return found[0]
    names = ", ".join(store.name for store in stores)
    if not stores:
        raise SetupError("This person may bring files into no store.")
    raise SetupError(f"Name the store with --store. There are: {names}.")


def _store_by_id(store_id: int) -> Any:
    from relcrm.db import session
    from relcrm.staff.models import Store

    return session().get_one(Store, store_id)


def _mapped(columns: Sequence[Any], told: Sequence[str]) -> list[str]:
    """What was guessed, but for the columns that are named. Raises SetupError for one that is not there."""
    targets = [column.target for column in columns]
    for part in filter(None, (one.strip() for text in told for one in text.split(","))):
        name, _sign, target = part.rpartition("=")
        place = next((column.index for column in columns if name.strip() in (column.name, str(column.index + 1))), None)
        if place is None:
            raise SetupError(f"There is no column {name.strip() or part}. Write COLUMN=TARGET, the column by name or number.")
        targets[place] = target.strip()
    return targets
