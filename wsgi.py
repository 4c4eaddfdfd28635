"""For WSGI servers and `flask --app wsgi`."""

from relcrm import create_app

app = create_app()
