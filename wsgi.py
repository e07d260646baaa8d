"""`app` is the WSGI application; any WSGI server can serve `wsgi:app`."""

from app.factory import create_app

app = create_app()
