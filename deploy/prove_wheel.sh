#!/bin/sh
# Proves that Ici runs from a package: builds the wheel, installs it into an empty environment far from this folder, and
# there migrates, founds a brand, serves, signs in. Everything is made in a temporary folder and gone afterwards.
#
#   deploy/prove_wheel.sh [--borrow]
#
# With --borrow the libraries are those of .venv; without, pip installs what requirements.lock says, by its hashes.
set -eu
cd "$(dirname "$0")/.."
here=$PWD

work=$(mktemp -d)
chmod 755 "$work" # the server of the private database runs as another user when we are root
server=""
leave() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    [ ! -x "$work/venv/bin/ici" ] || ICI_VAR="$work/database" "$work/venv/bin/ici" erase --yes >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP

say() { echo "prove: $*"; }

say "building the wheel"
mkdir "$work/source" "$work/elsewhere"
# A copy, since setuptools leaves its own folders where it builds, and what is left from before gets into the next wheel.
cp -r app geo wallet offers migrations wsgi.py pyproject.toml README.md LICENSE "$work/source"
.venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index \
    --wheel-dir "$work/dist" "$work/source"
say "built $(basename "$work"/dist/*.whl)"

say "installing it into an empty environment"
.venv/bin/python -m venv --without-pip "$work/venv"
into_venv() { .venv/bin/python -m pip --quiet --disable-pip-version-check --python "$work/venv/bin/python" install "$@"; }
if [ "${1:-}" = --borrow ]; then
    libraries=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    echo "$libraries" >"$("$work/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/borrowed.pth"
else
    into_venv --require-hashes -r requirements.lock
fi
into_venv --no-deps --no-index --force-reinstall "$work"/dist/*.whl

cd "$work/elsewhere"
# A folder of such a name is no rare thing where somebody starts a server.
mkdir app && echo 'raise SystemExit("this is another app")' >app/__init__.py
ici=$work/venv/bin/ici
home=$("$work/venv/bin/python" -P -c 'import app; print(app.__path__[0])')
case $home in "$here"/*) echo "prove: $home is the checkout, not the package" >&2 && exit 1 ;; esac
"$ici" --version

say "a private PostgreSQL takes the place of yours"
ICI_VAR="$work/database" "$ici" up
setting() { sed -n "s/^$1=//p" "$work/database/ici.env"; }
ICI_DATABASE_URL=$(setting ICI_DATABASE_URL)
ICI_OWNER_DATABASE_URL=$(setting ICI_OWNER_DATABASE_URL)
export ICI_DATABASE_URL ICI_OWNER_DATABASE_URL
umask 077
od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$work/secret"
export ICI_ENV=production ICI_SECRET_FILE="$work/secret" ICI_VAR="$work/var" ICI_PUBLIC_URL=https://ici.example.org
export ICI_MAIL="smtp://127.0.0.1:9?from=ici@example.org"

"$ici" migrate
"$ici" found-brand lilas --name "Maison Lilas" --country FR --time-zone Europe/Paris --currency EUR \
    --admin ada@example.org >"$work/founded"
sed -E 's/(secret |#)[^ ]+/\1…/' "$work/founded"

port=$("$work/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$ici" serve --port "$port" --workers 1 >"$work/server.log" 2>&1 &
server=$!
"$work/venv/bin/python" - "$port" "$work/founded" <<'STORY' || { tail -n 20 "$work/server.log" >&2 && exit 1; }
import json, re, sys, time, urllib.error, urllib.request

port, founded = sys.argv[1], open(sys.argv[2], encoding="utf-8").read()


def ask(path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.status, json.load(answer)


for _ in range(300):
    try:
        status, ready = ask("/readyz")
        break
    except (urllib.error.URLError, OSError):
        time.sleep(0.2)  # another process starts: one can only ask again
print("GET /readyz", status, ready["status"])
secret, password = re.search(r"secret (\S+)", founded)[1], "mes lilas sentent la pluie de mai"
status, chosen = ask("/v1/console/passwords", {"secret": secret, "password": password})
print("POST /v1/console/passwords", status, chosen["email"])
status, session = ask("/v1/console/sessions", {"brand": "lilas", "email": "ada@example.org", "password": password})
print("POST /v1/console/sessions", status, session["role"] if "role" in session else "signed in")
status, stores = ask("/v1/stores", Authorization=f"Bearer {session['token']}")
print("GET /v1/stores", status, len(stores["items"]), "stores")
print("GET /openapi.json", ask("/openapi.json")[0])
STORY
say "it runs from the package"
