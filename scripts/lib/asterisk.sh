# shellcheck shell=bash
# Asterisk 20 or newer: the machine's own, else the distribution's package, else a root directory of Debian unstable.

ASTERISK_ROOT="$ROOT/.asterisk/root"
OLDEST=20

# major_version COMMAND…: 22 for «Asterisk 22.10.1~dfsg…» or «Asterisk certified/22.8»; nothing when it does not run.
major_version() {
    timeout 10 "$@" -V 2>/dev/null </dev/null | sed -n 's/^Asterisk [^0-9]*\([0-9][0-9]*\).*/\1/p' | head -n 1
}

in_root() {  # in_root ROOT: the command line that runs the Asterisk of a root directory without chroot
    local loader libraries
    loader=$(compgen -G "$1/lib64/ld-linux-*.so.*" || compgen -G "$1/usr/lib/*-linux-gnu*/ld-linux-*.so.*") || return 1
    libraries=$(compgen -G "$1/usr/lib/*-linux-gnu*") || return 1
    IN_ROOT=("${loader%%$'\n'*}" --library-path "${libraries//$'\n'/:}" "$1/usr/sbin/asterisk")
}

root_is_ready() {
    [ -x "$ASTERISK_ROOT/usr/sbin/asterisk" ] && [ -e "$ASTERISK_ROOT/.complete" ] && return 0
    # Made by hand or by an older set-up: ask it.
    [ -x "$ASTERISK_ROOT/usr/sbin/asterisk" ] && in_root "$ASTERISK_ROOT" && [ -n "$(major_version "${IN_ROOT[@]}")" ]
}

# asterisk_is_ready: true when one that is new enough is here; an old one with none of ours is an error.
asterisk_is_ready() {
    root_is_ready && return 0
    local found major
    found=$(command -v asterisk) || return 1
    major=$(major_version "$found")
    [ -n "$major" ] || fail "$found tidak dapat dijalankan (asterisk -V gagal)." \
        "Periksa dengan: $found -V; perbaiki atau lepas paketnya (apt-get remove asterisk), lalu jalankan lagi."
    ((major >= OLDEST)) || fail "Asterisk $major terpasang ($found); diperlukan versi $OLDEST atau lebih baru." \
        "Perbarui Asterisk itu, atau lepas (apt-get remove asterisk) agar versi yang sesuai dipasang, lalu jalankan lagi."
}

# distribution_has_asterisk: true when apt's own lists offer one that is new enough.
distribution_has_asterisk() {
    local candidate
    candidate=$(apt-cache policy asterisk 2>/dev/null | sed -n 's/^ *Candidate: *//p')
    candidate=${candidate#*:}
    candidate=${candidate%%[!0-9]*}
    [ -n "$candidate" ] && ((candidate >= OLDEST))
}

# The packaged service must not take port 5060: it is neither started during the installation nor at boot.
install_packaged_asterisk() {
    local policy=/usr/sbin/policy-rc.d ours="" code
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && ours=1
    fi
    apt_install asterisk
    code=$?
    [ -z "$ours" ] || rm -f "$policy"
    [ $code -eq 0 ] || return $code
    if command -v systemctl >/dev/null; then
        systemctl disable asterisk.service || true
    else
        deb-systemd-helper disable asterisk.service || true
        update-rc.d asterisk disable || true
    fi
    [ -n "$(major_version asterisk)" ]
}

# Built beside and renamed, so that a broken attempt is never taken for a whole one.
build_asterisk_root() {
    local mirror part="$ASTERISK_ROOT.tmp"
    mirror=$(debian_mirror)
    if [ -z "$mirror" ]; then
        echo "No Debian archive in apt's sources, and no Asterisk $OLDEST or newer in its lists."
        return 1
    fi
    remove_tree "$part" && mkdir -p "$(dirname "$part")" || return 1
    mmdebstrap --variant=apt --include=asterisk,ca-certificates \
        --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Check-Valid-Until "false"' \
        --aptopt='Acquire::Retries "3"' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        sid "$part" "deb $mirror sid main" || return 1
    in_root "$part" && [ -n "$(major_version "${IN_ROOT[@]}")" ] || return 1
    touch "$part/.complete" && remove_tree "$ASTERISK_ROOT" && mv "$part" "$ASTERISK_ROOT"
}

remove_tree() {  # an interrupted build may have left /proc or /dev mounted inside
    [ -e "$1" ] || return 0
    awk -v under="$1/" 'index($2, under) == 1 { print $2 }' /proc/self/mounts | sort -r | while read -r place; do
        umount -l "$place" || return 1
    done
    rm -rf --one-file-system -- "$1"
}
