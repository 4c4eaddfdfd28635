"""What waits on the first page: own customers whose consent ends soon, to be asked in talk."""

from datetime import timedelta

import sqlalchemy as sa

from relcrm import clock, db
from relcrm.consent.models import ConsentState
from relcrm.customers import queries
from tests import factories


def test_own_customers_whose_consent_ends_within_30_days_the_first_first(ctx, at):
    factories.meet("Early Bird", "+8613800000001", {"callback": True})
    at(clock.now() + timedelta(days=3))
    factories.meet("Late Riser", "+8613800000002", {"callback": True, "greeting": True})
    factories.meet("Ada's Own", "+8613800000003", {"callback": True}, by="ada")
    ends = db.session().scalar(sa.select(sa.func.max(ConsentState.until)).where(ConsentState.purpose == "callback"))
    assert names("ana") == []
    at(ends - timedelta(days=10))
    assert names("ana") == ["Cleo Zhou", "Early Bird", "Late Riser"]
    assert names("ada") == ["Ada's Own"]
    assert names("ben") == []
    assert [one.name for one in queries.ending_soon(factories.staff("ana"), most=1)] == ["Cleo Zhou"]


def names(number: str) -> list[str]:
    return [one.name for one in queries.ending_soon(factories.staff(number))]
