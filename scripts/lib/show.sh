# shellcheck shell=bash
# Shared by the scripts: a known environment, numbered steps with seconds, failures that say what to do.

set -u -o pipefail
shopt -s inherit_errexit 2>/dev/null

# Odd variables of the caller must not reach Python, pip or apt.
unset "${!PYTHON@}" VIRTUAL_ENV PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_NO_DEPS PIP_CONSTRAINT \
    PIP_BUILD_CONSTRAINT PIP_REQUIREMENT CDPATH GREP_OPTIONS
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
: "${HOME:=/root}"
export HOME
umask 022

ROOT="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)"
LOG="$ROOT/.asterisk/setup.log"
STEPS=0
STEP=0
TICKER=""

say() { printf '%s\n' "$@"; }

# fail WHAT NEXT…: one sentence on what is wrong, one on what to do, and exit 1.
fail() {
    stop_ticker
    printf '\nGAGAL: %s\n' "$1" >&2
    shift
    (($#)) && printf '  -> %s\n' "$@" >&2
    exit 1
}

since() {  # since START (microseconds): «3,2 d»
    local tenths=$(((${EPOCHREALTIME//[.,]/} - $1) / 100000))
    printf '%d,%d d' $((tenths / 10)) $((tenths % 10))
}

now_us() { printf '%s' "${EPOCHREALTIME//[.,]/}"; }

# step LABEL NEXT COMMAND…: runs COMMAND with its output in the log; when it fails shows the end of it and NEXT.
step() {
    local label=$1 next=$2 started from code
    shift 2
    STEP=$((STEP + 1))
    started=$(now_us)
    from=$(wc -l <"$LOG")
    printf '[%d/%d] %s … ' "$STEP" "$STEPS" "$label"
    [ -t 1 ] || printf '\n'
    start_ticker "[$STEP/$STEPS] $label …"
    "$@" >>"$LOG" 2>&1 </dev/null 9>&-
    code=$?
    stop_ticker
    if [ $code -eq 0 ]; then
        [ -t 1 ] && printf '\r\033[K[%d/%d] %s: ' "$STEP" "$STEPS" "$label" || printf '      '
        printf 'selesai (%s)\n' "$(since "$started")"
        return 0
    fi
    printf 'gagal (%s)\n' "$(since "$started")"
    tail -n +"$((from + 1))" "$LOG" | tail -n 15 | sed 's/^/    | /' >&2
    fail "$label tidak berhasil." "$next" "Catatan lengkap: $LOG"
}

# Shows that a long step is alive: every second on a terminal, every 15 s elsewhere.
start_ticker() {
    local label=$1
    (
        trap 'exit 0' TERM
        seconds=0
        while :; do
            sleep 1 &
            wait $!
            seconds=$((seconds + 1))
            if [ -t 1 ]; then
                printf '\r\033[K%s %d d ' "$label" "$seconds"
            elif ((seconds % 15 == 0)); then
                printf '      masih berjalan (%d d)\n' "$seconds"
            fi
        done
    ) 9>&- &
    TICKER=$!
}

stop_ticker() {
    [ -n "$TICKER" ] || return 0
    kill "$TICKER" 2>/dev/null
    wait "$TICKER" 2>/dev/null
    TICKER=""
}
