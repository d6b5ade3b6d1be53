#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# third_party/install.sh on systems where it installs nothing: it names the
# command to run. The real installation is the first step of test/run.sh.
set -euo pipefail

install=$DUET_SOURCE_DIR/third_party/install.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DUET_OS_RELEASE=$work/os-release
unset DUET_INSTALL

# says SYSTEM STATUS PATTERN ARGUMENT...
says() {
    local system=$1 status=$2 pattern=$3 actual=0
    shift 3
    printf 'ID=%s\n' "$system" >"$DUET_OS_RELEASE"
    # No package manager is found in this path, so nothing is installed.
    PATH=$work/bin "$BASH" "$install" "$@" >"$work/said" 2>&1 || actual=$?
    if [ $actual != "$status" ] || ! grep -qE -e "$pattern" "$work/said"; then
        echo "on $system, install.sh $*: status $actual, said:"
        cat "$work/said"
        exit 1
    fi
}

mkdir "$work/bin"
for tool in awk sort uname dirname grep id mktemp; do
    ln -s "$(command -v $tool)" "$work/bin/$tool"
done

says fedora 1 'dnf install .*cmake .*libcurl-devel'
says arch 1 'pacman -S --needed .*cmocka.* nginx' build test
says alpine 1 'apk add .*curl-dev'
says '"some other"' 1 'not known here.*third_party/README.md'
says debian 2 "no group 'cellar'" build cellar

# Every library of dependencies.cmake names a package of the table.
for package in $(sed -n 's/^duet_depend(.* \([a-z0-9-]*-dev\))$/\1/p' \
    "$DUET_SOURCE_DIR/third_party/dependencies.cmake"); do
    grep -qE "^build +$package " "$DUET_SOURCE_DIR/third_party/packages.txt" ||
        { echo "$package is not in the group build"; exit 1; }
done

# cmake says which package is missing.
mkdir "$work/none"
if PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=$work/none cmake \
    -S "$DUET_SOURCE_DIR" -B "$work/build" >"$work/said" 2>&1 ||
    ! tr -s ' \n' ' ' <"$work/said" | grep -q \
        'needs libcurl 7.88.0 or newer. On Debian .*libcurl4-openssl-dev'; then
    cat "$work/said"
    exit 1
fi
