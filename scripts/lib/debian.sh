# shellcheck shell=bash
# Debian packages: which are missing (asked of the files themselves, so it costs nothing), and their installation.

# missing_packages: one name a line; with DEV=1 also what only the tests need.
missing_packages() {
    command -v espeak-ng >/dev/null || echo espeak-ng
    command -v sox >/dev/null || echo sox
    [ -s /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    has_time_zones || echo tzdata
    venv_is_ready || find_python >/dev/null || printf '%s\n' python3 python3-venv
    [ "$DEV" = 1 ] || return 0
    command -v chromium >/dev/null || echo chromium
    [ -d /usr/share/fonts/truetype ] || echo fonts-dejavu-core
    command -v sipp >/dev/null || echo sip-tester
    command -v systemctl >/dev/null || echo systemd
    command -v ip >/dev/null || echo iproute2
    find_node || printf '%s\n' nodejs npm
}

# Several set-ups on one machine (several clones) take turns at apt.
with_apt() {
    local lock=/run/lock
    [ -w "$lock" ] || lock=/tmp
    flock --timeout 900 "$lock/tanggap112-apt.lock" env LC_ALL=C.UTF-8 "$@"
}

# A source of somebody else's that fails must not stop us: what matters is whether our packages are then known.
apt_update() {
    local try
    for try in 1 2 3; do
        with_apt apt-get update -q && return 0
        echo "apt-get update: try $try failed"
        sleep 3
    done
    apt-cache show espeak-ng >/dev/null 2>&1
}

apt_install() {
    with_apt apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@"
}

# debian_mirror: the Debian archive that apt uses here, whatever it is.
debian_mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(ORIGIN)' 'Created-By: Packages' |
        awk '$3 == "Debian" && $2 !~ /security|updates|backports/ { print $1; exit }'
}
