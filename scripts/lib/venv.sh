# shellcheck shell=bash
# The virtual environment .venv: pinned packages with hashes, and this directory itself as the program.

VENV="$ROOT/.venv"
STAMP="$VENV/.tanggap-setup"

requirements() { [ "$DEV" = 1 ] && echo "$ROOT/requirements-dev.txt" || echo "$ROOT/requirements.txt"; }

# fingerprint FILE: changes when the pinned packages, this file or the place of the clone change.
fingerprint() { { cat -- "$1" "$ROOT/requirements-build.txt" "$ROOT/scripts/lib/venv.sh" && echo "$ROOT"; } | sha256sum | cut -d' ' -f1; }

# The development set holds the runtime set, so a venv made for --dev also serves to run.
venv_is_ready() {
    [ -s "$STAMP" ] && [ -x "$VENV/bin/python" ] || return 1
    grep -qxF "$(basename "$(requirements)") $(fingerprint "$(requirements)")" "$STAMP" || return 1
    "$VENV/bin/python" -I -S -c '' 2>/dev/null
}

make_venv() {
    local file
    file=$(requirements)
    # A venv of another place (the clone was moved) or of a Python that is gone cannot be repaired.
    if ! grep -qsF "$VENV" "$VENV/bin/activate" || ! "$VENV/bin/python" -I -c 'import pip'; then
        rm -rf -- "$VENV" && "$PYTHON" -m venv "$VENV" || return 1
    fi
    rm -f -- "$STAMP"
    # Three packages come as source only: their builders are pinned too, and without isolation nothing else is fetched.
    pinned -r "$ROOT/requirements-build.txt" && pinned --no-build-isolation -r "$file" && link_program || return 1
    {
        echo "requirements.txt $(fingerprint "$ROOT/requirements.txt")"
        [ "$DEV" = 1 ] && echo "requirements-dev.txt $(fingerprint "$file")"
        true
    } >"$STAMP"
}

pinned() {
    "$VENV/bin/python" -I -m pip install --require-hashes --retries 5 --timeout 60 --progress-bar off "$@"
}

# The program is run from where it lies: no copy, no build, nothing to fetch. -P keeps the caller's directory out of sys.path.
# SIGINT waits until tanggap/__main__.py has settled what it does: Python's own handler writes a traceback of its start.
link_program() {
    local site
    site=$("$VENV/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || return 1
    printf '%s\n' "$ROOT" >"$site/tanggap112.pth" || return 1
    cat >"$VENV/bin/tanggap" <<'EOF' && chmod 755 "$VENV/bin/tanggap"
#!/bin/sh
exec env --block-signal=INT "$(dirname -- "$(readlink -f -- "$0")")/python" -P -m tanggap "$@"
EOF
}
