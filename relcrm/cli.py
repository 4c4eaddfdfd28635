"""The verbs of the `relcrm` command."""

import json
import logging
import os
import subprocess
import sys
import tempfile
from typing import Any

import click

from relcrm import cli_doctor, cli_export, cli_import, cli_staff, config
from relcrm.cli_demo import demo
from relcrm.errors import RelcrmError, SetupError

HOST_HERE, HOST_LAN = "127.0.0.1", "0.0.0.0"


@click.group()
def cli() -> None:
    """relcrm, the relationship book of a small retail chain."""
    logging.basicConfig(level=os.environ.get("RELCRM_LOG_LEVEL", "INFO"), format="%(asctime)s %(name)s %(message)s")


cli.add_command(demo)


def main() -> None:
    """Run the command; a refusal is one sentence and exit code 1, not a trace."""
    try:
        cli(standalone_mode=True)
    except RelcrmError as error:
        click.echo(str(error.message), err=True)
        sys.exit(1)


def make_app(*, check_schema: bool = True) -> Any:
    from relcrm import create_app

    return create_app(check_schema=check_schema)


def refuse_unready() -> None:
    """Refuse in words before anything starts. Asked of a child, so that parents stay small (20 MB instead of 68)."""
    if os.environ.get("RELCRM_READY") != "1":
        answer = subprocess.run([sys.executable, "-m", "relcrm.cli", "ready"], check=False)
        if answer.returncode:
            sys.exit(answer.returncode)
        os.environ["RELCRM_READY"] = "1"


@cli.command(hidden=True)
def ready() -> None:
    """Can the program start as it is set up?"""
    make_app()


@cli.command()
@click.option("--host", default=HOST_HERE, show_default=True)
@click.option("--port", default=8000, show_default=True)
def web(host: str, port: int) -> None:
    """Serve the pages (one process, four threads)."""
    refuse_unready()
    workers = config.read().web_workers
    sys.argv = [
        "gunicorn",
        "relcrm:create_app()",
        "--bind",
        f"{host}:{port}",
        "--worker-class",
        "gthread",
        "--workers",
        str(workers),
        "--threads",
        "4",
        "--no-control-socket",
        "--graceful-timeout",
        "20",
        "--keep-alive",
        "30",
        "--log-level",
        "warning",
        "--worker-tmp-dir",
        tempfile.gettempdir(),
    ]
    from gunicorn.app.wsgiapp import run

    run()


@cli.command()
def worker() -> None:
    """Do what happens by itself: expiry, notices, imports."""
    from relcrm import background

    background.consumer(make_app()).run()


@cli.command()
@click.option("--host", default=HOST_HERE, show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Serve the pages and run the worker, both watched."""
    if config.read().clock_file is not None:
        raise SetupError("A moved clock is for the demo only. Unset RELCRM_CLOCK.")
    refuse_unready()
    from relcrm import serve as supervisor

    sys.exit(supervisor.run(["--host", host, "--port", str(port)], []))


@cli.command()
def upgrade() -> None:
    """Bring the database to this program's version."""
    from relcrm import schema

    app = make_app(check_schema=False)
    with app.app_context():
        if schema.at() is None:
            schema.require_current()
        schema.migrate()
    click.echo("The database is up to date.")


@cli.command()
@click.option("--chain", prompt="Name of the shop or chain", help="What customers know it by.")
@click.option("--legal-name", prompt="Its legal name (stands in the privacy notice)")
@click.option("--legal-address", prompt="Its address", default="", show_default=False)
@click.option("--privacy-contact", prompt="Who answers privacy questions, and how (name, phone or e-mail)")
@click.option("--store", prompt="Name of the first store")
@click.option("--owner", prompt="Your name")
@click.option("--number", prompt="Your staff number", default="1")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.option("--country", default="CN", show_default=True, help="Default country of phone numbers, such as CN or GB.")
@click.option("--profiling/--no-profiling", default=None, help="Your yes to the prefilled assessment of analysis and personalisation.")
def init(**answers: Any) -> None:
    """Make the database, the secrets, the first store and its owner."""
    from relcrm import chains

    config.make_secrets(config.data_dir(os.environ))
    app = make_app(check_schema=False)
    with app.app_context():
        if answers["profiling"] is None:
            click.echo(chains.profiling_text(app.config["RELCRM"].language))
            answers["profiling"] = click.confirm("Do you decide that profiling may be offered, as described?", default=False)
        chains.found(app.config["RELCRM"], answers)
    click.echo(f"The book lies in {app.config['RELCRM'].data_dir}. Start it with `relcrm serve`.")


cli.add_command(cli_staff.staff)


@cli.group()
def jobs() -> None:
    """Look at and run background jobs."""


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True)
def jobs_list(as_json: bool) -> None:
    """Every job and how far it has come."""
    from relcrm import db
    from relcrm import jobs as work

    with make_app().app_context():
        rows = {name: db.session().get(work.JobRun, name) for name in work.names()}
        found = [
            {"name": name, "done_for": row.done_for if row else None, "failure": row.failure if row else None} for name, row in rows.items()
        ]
    click.echo(
        json.dumps(found) if as_json else "\n".join(f"{job['name']:24} {job['done_for'] or '-':12} {job['failure'] or ''}" for job in found)
    )


@jobs.command("run")
@click.argument("name")
def jobs_run(name: str) -> None:
    """Run one job now, from its beginning."""
    from relcrm import jobs as work

    app = make_app()
    if name not in work.names():
        raise SetupError(f"There is no job {name}. There are: {', '.join(work.names())}.")
    with app.app_context():
        sys.exit(0 if work.run_now(name) else 1)


cli.add_command(cli_import.bring_in)
cli.add_command(cli_export.take_out)
cli.add_command(cli_doctor.doctor)

if __name__ == "__main__":
    main()
