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
