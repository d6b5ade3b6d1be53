#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README's two commands in a bare Debian: examples/quickstart.sh, and
# test/run.sh with the flags that are given.
#
#   test/bare_system.sh VERSION FOLDER [flag of test/run.sh...]
#
# As root. The system is FOLDER/debian-VERSION: made by debootstrap when it is
# not there, from the mirror that this machine's apt uses (or $DUET_MIRROR), and
# kept, with what was installed and built in it. It gets a copy of this source;
# nothing is written here. Its processes and mounts live in namespaces and end
# with this script, however it ends; one run at a time uses a system.
#
# Exit status: 0 if all passed, 1 if not, 3 if there can be no such system here.
set -uo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { echo "debian $version: $*"; }

cannot() {
    say "$*"
    exit 3
}

# codename VERSION
codename() {
    case $1 in
    12) echo bookworm ;;
    13) echo trixie ;;
    esac
}

# --- outside ---------------------------------------------------------------

# sudo in between, or a signal that cannot be caught: the pipe tells all.
end_with_input() {
    { cat && kill -TERM $$; } <&0 >/dev/null 2>&1 9>&- &
}

# Runs the rest in namespaces of its own. SIGKILL to their first process ends
# all others and takes the mounts along.
contain() {
    unshare --mount --pid --fork true 2>/dev/null ||
        cannot "mounts and processes cannot have namespaces of their own here"
    setpriv --pdeathsig KILL unshare --mount --pid --fork --mount-proc \
        --kill-child=KILL "$BASH" "${BASH_SOURCE[0]}" --inside "$@" \
        </dev/null &
    contained=$!
    trap 'kill -KILL $contained 2>/dev/null; wait $contained 2>/dev/null' EXIT
    trap 'exit 143' INT TERM HUP
    [ ! -p /dev/stdin ] || end_with_input
    wait $contained
}

# The lock is held by every process in the system, until the last has ended.
lock() {
    mkdir -p "$folder" || cannot "$folder cannot be made"
    exec 9>"$root.lock" || cannot "$root.lock cannot be written"
    flock -n 9 && return
    say "waiting for another run in $root"
    flock -w 3600 9 || cannot "another run holds $root"
}

# --- the system ------------------------------------------------------------

# The archives that this machine installs Debian's packages from.
mirrors() {
    if [ -n "${DUET_MIRROR:-}" ]; then
        echo "$DUET_MIRROR"
    else
        apt-get --print-uris update 2>/dev/null |
            sed -nE "s,^'(https?://.*)/dists/.*/InRelease'.*,\1,p" | sort -u
    fi
}

# A half-made one never has the name of a whole one.
make_system() {
    local mirror include log=$root.log
    rm -rf --one-file-system "$root" "$root.new"
    say "making $root"
    for mirror in $(mirrors); do
        include=
        [[ $mirror != https:* ]] || include=--include=ca-certificates
        echo "from $mirror" >"$log"
        debootstrap --variant=minbase $include "$(codename "$version")" \
            "$root.new" "$mirror" >>"$log" 2>&1 </dev/null &&
            mv "$root.new" "$root" && return
        rm -rf --one-file-system "$root.new"
    done
    tail -n 20 "$log" 2>/dev/null
    cannot "no archive of this machine's apt has it; DUET_MIRROR names another"
}

# A run that was killed may have left packages half-installed.
is_whole() {
    [ -d "$root" ] && [ -z "$(chroot "$root" dpkg --audit 2>&1)" ]
}

mount_all() {
    local name dev=$root/dev
    mount --bind "$root" "$root" && # so that tests may mount things in it
        mount -t proc proc "$root/proc" &&
        mount --rbind /sys "$root/sys" &&
        mount -t tmpfs -o mode=755 tmpfs "$dev" &&
        mkdir "$dev/pts" "$dev/shm" &&
        mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts \
            "$dev/pts" &&
        mount -t tmpfs -o mode=1777 tmpfs "$dev/shm" || return
    for name in null zero full random urandom tty; do
        touch "$dev/$name" && mount --bind "/dev/$name" "$dev/$name" || return
    done
    ln -s pts/ptmx "$dev/ptmx" && ln -s /proc/self/fd "$dev/fd" &&
        ln -s /proc/self/fd/0 "$dev/stdin" &&
        ln -s /proc/self/fd/1 "$dev/stdout" &&
        ln -s /proc/self/fd/2 "$dev/stderr"
}

# The network is that of this machine.
take_network() {
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    apt-config dump 2>/dev/null | grep -E '^Acquire::https?::Proxy' \
        >"$root/etc/apt/apt.conf.d/90duet"
    return 0
}

# Copies the source to /duet. A file that is as it was keeps its time, so that
# only what changed is built again; the builds stay.
take_source() {
    local old=$root/duet new=$root/duet.new file
    rm -rf --one-file-system "$new"
    mkdir -p "$old" "$new" &&
        tar -C "$source" --exclude='./build*' --exclude=./.git -cf - . |
        tar -C "$new" --no-same-owner -m -xf - || return
    (cd "$new" && find . -type f -print0) | while IFS= read -r -d '' file; do
        cmp -s "$new/$file" "$old/$file" && touch -r "$old/$file" "$new/$file"
    done
    for file in "$old"/build*; do
        [ ! -e "$file" ] || mv "$file" "$new/" || return
    done
    rm -rf --one-file-system "$old"
    mv "$new" "$old"
}

# within COMMAND...: in the system, in the copy of the source
within() {
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
        ${http_proxy:+http_proxy="$http_proxy"} \
        ${https_proxy:+https_proxy="$https_proxy"} \
        ${no_proxy:+no_proxy="$no_proxy"} \
        chroot "$root" /bin/bash -c 'cd /duet && exec "$@"' sh "$@" </dev/null
}

run_inside() {
    local status=0
    is_whole || make_system
    find "$root/tmp" -mindepth 1 -delete
    mount_all || cannot "file systems cannot be mounted here"
    take_network
    take_source || cannot "the source cannot be copied to $root"
    say "examples/quickstart.sh"
    if within examples/quickstart.sh; then
        echo "1 passed, 0 failed, 0 skipped"
    else
        echo "FAILED: examples/quickstart.sh"
        echo "0 passed, 1 failed, 0 skipped"
        status=1
    fi
    say "test/run.sh $*"
    within test/run.sh "$@" || status=1
    return $status
}

inside=no
[ "${1:-}" != --inside ] || { inside=yes && shift; }
if [ $# -lt 2 ] || [ -z "$(codename "$1")" ]; then
    sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
version=$1 folder=$2 root=$2/debian-$1
if [ $inside = yes ]; then
    shift 2
    run_inside "$@"
    exit
fi
[ "$(id -u)" = 0 ] || cannot "only root can make a system"
for tool in debootstrap unshare setpriv flock; do
    command -v $tool >/dev/null || cannot "$tool is missing here"
done
lock
contain "$@"
