#!/bin/sh
# Writes the four lock files from pyproject.toml. Versions already locked are kept; `UPGRADE=1` takes the newest.
# Everything is resolved together first, so that one package has one version in all four.
set -eu
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/uv pip compile --quiet --python-version 3.11 --python-platform linux \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@" pyproject.toml
}

together=$(mktemp)
trap 'rm -f "$together"' EXIT
if [ -z "${UPGRADE:-}" ]; then cat requirements*.lock >"$together" 2>/dev/null || true; fi
compile --all-extras --output-file "$together" >/dev/null

lock() {
    file=$1
    shift
    echo "Locking $file"
    compile --generate-hashes --constraints "$together" --extra setup "$@" --output-file "$file.new" >/dev/null
    mv "$file.new" "$file"
}
lock requirements.lock
lock requirements-test.lock --extra test --extra check
lock requirements-bench.lock --extra bench
lock requirements-clients.lock --extra clients

if grep -nE '://|^-' requirements*.lock; then
    echo "A lock file names an address or an option; only names, versions and hashes belong there." >&2
    exit 1
fi
