"""The WSGI application, for any server: `granian --interface wsgi wsgi:app`, or simply `ici serve`."""

from app.factory import create_app

app = create_app()
