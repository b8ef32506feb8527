# Sourced by the other scripts: brings what a bare Debian 12 with rustup's cargo lacks, and nothing if all is there.
set -eu
cd "$(dirname "$0")/.."

install_packages() {
    echo "Installing: $*"
    if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@"
}

missing=""
command -v cc >/dev/null 2>&1 || missing="$missing build-essential"
command -v git >/dev/null 2>&1 || missing="$missing git ca-certificates"
if [ "${WANT_PYTHON:-}" = 1 ]; then
    command -v python3 >/dev/null 2>&1 || missing="$missing python3"
    python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"
fi
# Word splitting is wanted: one word per package.
# shellcheck disable=SC2086
[ -z "$missing" ] || install_packages $missing

command -v cargo >/dev/null 2>&1 || {
    echo "cargo is not on the PATH: install Rust with rustup (https://rustup.rs), open a new shell, and start again." >&2
    exit 2
}
# Build output stays outside the checkout, so that fresh clones build fast.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ionoscribe/target}"
