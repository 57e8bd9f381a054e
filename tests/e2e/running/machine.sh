#!/bin/bash
# A machine of its own within this one, with systemd as its first process: its own processes, mounts, network, name. It
# sees this machine's files; what it writes goes to memory and is gone with it. Called by tests/e2e/running/machine.py, in fresh namespaces:
# machine.sh FOLDER [MOUNT]...   MOUNT: file systems beside / that it shall see
set -eu
base=$1
shift
mount --make-rprivate /
mount -t tmpfs -o mode=755 machine "$base"
mkdir "$base/upper" "$base/work" "$base/root"
root=$base/root
mount -t overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" machine "$root"
for other in "$@"; do mkdir -p "$root$other" && mount --bind -o ro "$other" "$root$other"; done

mount -t proc proc "$root/proc"
for knob in sys sysrq-trigger; do # they are the kernel's, and so the machine's outside
    [[ -e $root/proc/$knob ]] || continue
    mount --bind "$root/proc/$knob" "$root/proc/$knob"
    mount -o remount,bind,ro "$root/proc/$knob"
done
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null zero full random urandom tty; do touch "$root/dev/$device" && mount --bind "/dev/$device" "$root/dev/$device"; done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ip link set lo up

# none of the services of the machine outside
units=$root/etc/systemd/system
rm -rf "$units" && mkdir -p "$units"
ln -s /lib/systemd/system/multi-user.target "$units/default.target"
for unit in getty.target remote-fs.target systemd-{tmpfiles-setup,tmpfiles-setup-dev,udevd,logind,timesyncd,resolved,networkd,sysctl,modules-load,remount-fs,update-utmp,sysusers}.service \
    systemd-tmpfiles-clean.timer dbus.{service,socket} dev-hugepages.mount dev-mqueue.mount sys-kernel-{debug,tracing}.mount sys-fs-fuse-connections.mount; do
    ln -s /dev/null "$units/$unit"
done
: >"$root/etc/machine-id"
exec chroot "$root" env -i container=namespaces PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system
