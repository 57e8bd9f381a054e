# shellcheck shell=bash
# Arguments of the scripts: what a script does not know is refused, before it does anything.

# refuse ARGUMENT SCRIPT: one sentence, exit 2 (wrong usage).
refuse() {
    printf '%s: argument «%s» is not known; see: bash %s --help\n' "$2" "$1" "$2" >&2
    exit 2
}

# no_arguments SCRIPT HELP ARGUMENT…: for a script that takes none but --help.
no_arguments() {
    local script=$1 help=$2
    shift 2
    (($#)) || return 0
    [[ $1 == --help || $1 == -h ]] || refuse "$1" "$script"
    printf '%s\n' "$help"
    exit 0
}
