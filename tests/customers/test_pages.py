"""The pages of customers, as the cast sees them."""

from tests import factories


def test_every_page_of_a_file_opens(app, sign_in):
    client = sign_in("ana")
    with app.app_context():
        pid = factories.customer("Cleo").public_id
    for path in (
        "",
        "/facts",
        "/timeline",
        "/consents",
        "/consents/callback",
        "/edit",
        "/facts/birthday",
        "/family/adult",
        "/facts/product_spec",
    ):
        answer = client.get(f"/customers/{pid}{path}")
        assert answer.status_code == 200, (path, answer.text)
    assert client.get("/customers").status_code == 200
    assert client.get("/customers/new").status_code == 200
    assert client.get("/customers/lists").status_code == 200


def test_a_refused_note_shows_the_file_and_is_a_look_too(app, sign_in):
    import sqlalchemy as sa

    from relcrm import db
    from relcrm.consent.models import AccessEvent

    client = sign_in("ana")
    with app.app_context():
        pid = factories.customer("Cleo").public_id
    assert client.post(f"/customers/{pid}/notes", data={"words": ""}).status_code == 422
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(AccessEvent).where(AccessEvent.kind == "profile")) == 1
        db.session().close()
