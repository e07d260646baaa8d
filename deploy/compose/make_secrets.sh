#!/bin/sh
# Writes the secrets that compose.yaml names into a folder, each once: what exists is kept, since with another secret
# sign-ins end and printed cards are worth nothing.
#
#   deploy/compose/make_secrets.sh FOLDER ['smtp://user:password@host:port?from=sender@example.org']
set -eu
folder=${1:?usage: make_secrets.sh FOLDER [MAIL]}
mail=${2:-}

umask 077
mkdir -p "$folder"

keep() {
    if [ ! -s "$folder/$1" ]; then printf '%s' "$2" >"$folder/$1"; fi
    # The container's user is not yours, and compose mounts the file as it is; the folder is closed to everybody else.
    chmod 644 "$folder/$1"
}
chance() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

for name in ici_secret ici_lasting_secret superuser_password owner_password app_password; do
    keep "$name" "$(chance)"
done
keep database_url "postgresql+psycopg://ici_app:$(cat "$folder/app_password")@database:5432/ici"
keep owner_database_url "postgresql+psycopg://ici_owner:$(cat "$folder/owner_password")@database:5432/ici"
if [ -n "$mail" ]; then rm -f "$folder/mail"; fi
keep mail "$mail"
[ -s "$folder/mail" ] || echo "Now write how mail leaves into $folder/mail: smtp://user:password@host:port?from=…"
