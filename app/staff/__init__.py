"""How people come in to a console: invitations, passwords of their own, second factors. Nobody knows another's."""
