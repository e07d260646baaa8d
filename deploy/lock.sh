#!/bin/sh
# Writes the lock files from pyproject.toml. Versions already locked are kept; `UPGRADE=1` takes the newest.
# Everything is resolved together first, so that one package has one version in all of them. Packages that are read for
# their data are locked alone: what they would need to run is older than all the rest.
set -eu
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/uv pip compile --quiet --python-version 3.11 --python-platform linux \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}

together=$(mktemp)
trap 'rm -f "$together"' EXIT
if [ -z "${UPGRADE:-}" ]; then cat requirements*.lock >"$together" 2>/dev/null || true; fi
compile pyproject.toml --all-extras --output-file "$together" >/dev/null

lock() {
    file=$1
    shift
    echo "Locking $file"
    compile pyproject.toml --generate-hashes --constraints "$together" --extra setup "$@" --output-file "$file.new" >/dev/null
    mv "$file.new" "$file"
}
lock requirements.lock
lock requirements-test.lock --extra test --extra check
lock requirements-bench.lock --extra bench
lock requirements-clients.lock --extra clients

echo "Locking requirements-data.lock"
if [ -n "${UPGRADE:-}" ]; then rm -f requirements-data.lock; fi
compile --group data --no-deps --generate-hashes --output-file requirements-data.lock >/dev/null

if grep -nE '://|^-' requirements*.lock; then
    echo "A lock file names an address or an option; only names, versions and hashes belong there." >&2
    exit 1
fi
