#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs the packages of the named groups that are missing, and nothing else.
#
#   third_party/install.sh [group...]    groups: build test database bench
#                                        fuzz aarch64 system; none given means
#                                        build
#
# Debian and Ubuntu: installs, as root or through sudo, asks nothing, and
# starts no service. Fedora, Arch, Alpine: prints the command to run. Silent
# when nothing is missing. DUET_INSTALL=no skips the whole script.
set -euo pipefail

table=$(dirname "${BASH_SOURCE[0]}")/packages.txt
release=${DUET_OS_RELEASE:-/etc/os-release}
policy=/usr/sbin/policy-rc.d

say() { echo "third_party/install.sh: $*" >&2; }

# Prints debian, fedora, arch, alpine or the system's own name.
family() {
    local name
    for name in $(. "$release" 2>/dev/null && echo "$ID" "${ID_LIKE:-}"); do
        case $name in
        debian | ubuntu) echo debian && return ;;
        fedora | rhel) echo fedora && return ;;
        arch | alpine) echo "$name" && return ;;
        esac
    done
    uname -s
}

# packages COLUMN GROUP...: that column of the groups, each entry once.
packages() {
    local column=$1 group
    shift
    for group in "$@"; do
        awk -v group="$group" -v column="$column" \
            '$1 == group && $column != "-" { print $column }' "$table"
    done | sort -u
}

# is_installed FAMILY PACKAGE
is_installed() {
    case $1 in
    debian) dpkg-query -W -f '${db:Status-Status}\n' "$2" 2>/dev/null |
        grep -qx installed ;;
    fedora) rpm -q --whatprovides "$2" >/dev/null 2>&1 ;;
    arch) pacman -Qq "$2" >/dev/null 2>&1 ;;
    alpine) apk info -e "$2" >/dev/null 2>&1 ;;
    esac
}

# missing FAMILY ENTRY...: of each entry of which no alternative (a|b) is
# installed, the first alternative.
missing() {
    local system=$1 entry package found
    shift
    for entry in "$@"; do
        found=no
        for package in ${entry//|/ }; do
            is_installed "$system" "$package" && found=yes && break
        done
        [ $found = yes ] || echo "${entry%%|*}"
    done
}

# The peers of the tests (nginx, MariaDB) must not come up as services of this
# machine: Debian's own switch for that, for the time of the installation.
forbid_services() {
    [ -e "$policy" ] && return
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod +x "$policy"
    trap '$as_root rm -f "$policy"' EXIT
}

install_debian() {
    local log
    as_root=
    if [ "$(id -u)" != 0 ]; then
        as_root="sudo"
        if ! command -v sudo >/dev/null; then
            say "to be run as root: apt-get install $*"
            return 1
        fi
    fi
    log=$(mktemp)
    say "installing $*"
    forbid_services
    apt_install "$@" >"$log" 2>&1 || {
        say "apt-get failed:"
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    }
    rm -f "$log"
}

# The lists of a fresh machine are empty, those of an old one out of date.
apt_install() {
    local apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q
               -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3"

    $apt install -y --no-remove --no-install-recommends "$@" </dev/null && return
    $apt update </dev/null || { sleep 10 && $apt update </dev/null; }
    $apt install -y --no-remove --no-install-recommends "$@" </dev/null
}

main() {
    local system column group groups packages
    [ "${DUET_INSTALL:-yes}" = no ] && return
    groups=("${@:-build}")
    for group in "${groups[@]}"; do
        grep -q "^$group " "$table" || {
            say "no group '$group' in $table"
            return 2
        }
    done
    system=$(family)
    case $system in
    debian) column=2 ;;
    fedora) column=3 ;;
    arch) column=4 ;;
    alpine) column=5 ;;
    *)
        say "$system is not known here. Install what third_party/README.md" \
            "lists, then go on with DUET_INSTALL=no in the environment."
        return 1
        ;;
    esac
    packages=$(missing "$system" $(packages $column "${groups[@]}"))
    [ -z "$packages" ] && return
    packages=${packages//$'\n'/ }
    case $system in
    debian) install_debian $packages ;;
    fedora) say "run: dnf install $packages" && return 1 ;;
    arch) say "run: pacman -S --needed $packages" && return 1 ;;
    alpine) say "run: apk add $packages" && return 1 ;;
    esac
}

main "$@"
