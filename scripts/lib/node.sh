# shellcheck shell=bash
# Node and the checks of the browser side (node_modules): only for scripts/test. Nothing that runs a line needs them.

NODE_MODULES="$ROOT/node_modules"
NODE_STAMP="$NODE_MODULES/.tanggap-setup"
OLDEST_NODE="18.18"

# find_node: true when the machine has a Node that is new enough, and npm.
find_node() {
    command -v npm >/dev/null && command -v node >/dev/null || return 1
    local version
    version=$(timeout 20 node --version 2>/dev/null </dev/null) || return 1
    printf '%s\n' "$OLDEST_NODE" "${version#v}" | sort -C -V
}

need_node() {
    find_node && return 0
    local found
    found=$(node --version 2>&1 </dev/null | tail -n 1)
    fail "Node $OLDEST_NODE atau lebih baru dengan npm tidak ditemukan (node: ${found:-tidak ada})." \
        "Pakai Debian 12 atau 13 atau Ubuntu 24.04, atau pasang Node yang lebih baru, lalu jalankan lagi."
}

# The fingerprint changes when the pinned packages, this file or Node change.
node_fingerprint() {
    { cat -- "$ROOT/package-lock.json" "$ROOT/scripts/lib/node.sh" && node --version; } 2>/dev/null |
        sha256sum | cut -d' ' -f1
}

node_is_ready() {
    [ "$DEV" = 1 ] || return 0
    [ -s "$NODE_STAMP" ] && find_node && grep -qxF "$(node_fingerprint)" "$NODE_STAMP"
}

# npm ci takes exactly what the lock names, by its hashes; no package runs a script of its own.
make_node_modules() {
    rm -f -- "$NODE_STAMP"
    (cd "$ROOT" && npm ci --ignore-scripts --no-audit --no-fund --no-progress) || return 1
    node_fingerprint >"$NODE_STAMP"
}
