#!/bin/sh
# What a superuser gives the database before the first migration: two roles, extensions, a schema to write in.
# The image of PostgreSQL runs it once, when its volume is new.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres --dbname ici \
    -v owner="$(cat /run/secrets/owner_password)" -v app="$(cat /run/secrets/app_password)" <<'SQL'
CREATE ROLE ici_owner LOGIN PASSWORD :'owner';
CREATE ROLE ici_app LOGIN PASSWORD :'app';
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
REVOKE ALL ON DATABASE ici FROM PUBLIC;
GRANT CONNECT ON DATABASE ici TO ici_owner, ici_app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ici_app;
GRANT USAGE, CREATE ON SCHEMA public TO ici_owner;
SQL
