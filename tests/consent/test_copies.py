"""No place that may repeat a bound value is forgotten, and each follows as the list says."""

import re
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

import relcrm
from relcrm import clock, db
from relcrm.consent import bound, copies
from relcrm.consent.copies import Follows
from relcrm.customers import tasks
from relcrm.staff.models import StaffSession

PACKAGE = Path(relcrm.__file__).parent
KEEPS = re.compile(r"open\(\s*\"[wxa]|\"wb\"|write_text|write_bytes|O_CREAT|send_file|OrderedDict")


def _tables():
    return [mapper.local_table for mapper in db.Model.registry.mappers]


def _wordy(table):
    return [f"{table.name}.{column.name}" for column in table.columns if isinstance(column.type, sa.String | sa.LargeBinary | sa.JSON)]


def test_every_column_that_can_hold_words_is_on_a_list(app):
    forgotten = copies.unlisted(name for table in _tables() for name in _wordy(table))
    assert not forgotten, (
        f"These columns can hold words and are on no list of relcrm/consent/copies.py: {', '.join(forgotten)}. "
        "Say there how each follows when a consent ends (a copy of a value asks at reading, carries readable_until, or is short-lived)."
    )


def test_no_list_names_a_column_that_is_gone(app):
    assert set(copies.columns()) <= {name for table in _tables() for name in _wordy(table)}


def test_values_lie_in_bound_rows_and_all_of_these_are_values(app):
    values = {name for name, follows in copies.columns().items() if follows is Follows.IS_BOUND}
    assert {name.split(".")[0] for name in values} == {kind.__tablename__ for kind in bound.kinds()}


def test_a_copy_that_carries_its_end_has_the_column_for_it(app):
    carriers = {name.split(".")[0] for name, follows in copies.columns().items() if follows is Follows.CARRIES_UNTIL}
    assert all("readable_until" in table.columns for table in _tables() if table.name in carriers)


def test_every_module_that_keeps_something_elsewhere_is_on_the_list():
    keeping = {f"relcrm/{path.relative_to(PACKAGE).as_posix()}" for path in PACKAGE.rglob("*.py") if KEEPS.search(path.read_text("utf-8"))}
    keeping -= {"relcrm/consent/copies.py"}
    forgotten = sorted(keeping - set(copies.ELSEWHERE))
    assert not forgotten, f"{forgotten} write files or keep things in memory: say in copies.ELSEWHERE how what they hold follows."


def test_search_terms_are_gone_after_their_ten_minutes(ctx, sign_in, at):
    sign_in("ana")
    start = clock.now()
    with db.write_tx() as tx:
        tx.execute(sa.update(StaffSession).values(search_term="Bobo", searched_at=start))
    for later, kept in ((timedelta(minutes=9), "Bobo"), (timedelta(minutes=11), None)):
        at(start + later)
        with db.write_tx() as tx:
            tasks.forget_searches(tx, None)
        assert set(db.session().scalars(sa.select(StaffSession.search_term))) == {kept}
