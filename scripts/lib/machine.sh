# shellcheck shell=bash
# What the machine must have before anything is installed: clock, time zones, rights, room, Python.

check_clock() {
    local year
    year=$(date -u +%Y)
    ((year >= 2026)) || fail "Jam mesin menunjukkan $(date -u +%Y-%m-%dT%H:%MZ); diharapkan tahun 2026 atau sesudahnya." \
        "Setel jam (timedatectl set-ntp true, atau: date -u -s 'YYYY-MM-DD HH:MM'), lalu jalankan lagi."
}

has_time_zones() { [ -s /usr/share/zoneinfo/Asia/Jakarta ]; }

need_root() {  # need_root WHAT
    [ "$(id -u)" -eq 0 ] || fail "Perlu hak root untuk memasang: $1." "Jalankan sebagai root: sudo bash ${SCRIPT:-scripts/setup}"
}

need_room() {  # need_room MEGABYTES
    local free
    free=$(df -Pm -- "$ROOT" | awk 'NR == 2 { print $4 }')
    [ "${free:-0}" -ge "$1" ] || fail "Ruang kosong di $ROOT hanya ${free:-0} MB; diperlukan $1 MB." \
        "Kosongkan cakram (misalnya: apt-get clean), lalu jalankan lagi."
    [ -w "$ROOT" ] || fail "Folder $ROOT tidak dapat ditulisi." "Periksa pemilik dan haknya, lalu jalankan lagi."
}

# find_python: prints the path of a real Python 3.11 or newer that can make a venv (a pyenv shim is looked through).
find_python() {
    local candidate
    local probe='import sys, ssl, sqlite3, venv, ensurepip; ensurepip.version()
if sys.version_info < (3, 11): sys.exit(1)
print(getattr(sys, "_base_executable", "") or sys.executable)'
    while read -r candidate; do
        timeout 20 "$candidate" -I -c "$probe" 2>/dev/null </dev/null && return 0
    done < <(type -aP python3; type -aP python3.13 python3.12 python3.11)
    return 1
}

need_python() {
    PYTHON=$(find_python) && return 0
    local found
    found=$(python3 --version 2>&1 </dev/null | tail -n 1)
    fail "Python 3.11 atau lebih baru dengan modul venv tidak ditemukan (python3: ${found:-tidak ada})." \
        "Pakai Debian 12 atau 13 atau Ubuntu 24.04, atau pasang Python 3.11 dengan venv, lalu jalankan lagi."
}
