#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Cross-builds duet for AArch64 and runs its tests under user-mode emulation,
# but for those of the source, which no processor changes. On Debian; the
# machine itself gets a compiler and the emulator, all else is unpacked into
# build-aarch64/sysroot.
#
#   test/aarch64.sh [ctest option...]
#
# Exit status: that of ctest, 77 if this system offers no such packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=$PWD/build-aarch64
sysroot=$folder/sysroot

# The libraries of the groups build and test, for the other architecture.
libraries() {
    awk '$1 == "build" || $1 == "test" { print $2 }' third_party/packages.txt |
        grep -E '^z?lib.*-dev$'
}

# apt with lists and caches of its own, for which nothing is installed yet.
foreign_apt() {
    local apt=$folder/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    apt-get -q -o Dir::State="$apt" -o Dir::State::lists="$apt/lists" \
        -o Dir::State::status=/dev/null -o Dir::Cache="$apt/cache" \
        -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
        -o APT::Sandbox::User=root -o Acquire::Languages=none \
        -o Acquire::Retries=3 -o Debug::NoLocking=1 "$@" </dev/null
}

make_sysroot() {
    local package
    foreign_apt update
    foreign_apt install --download-only --no-install-recommends -y $(libraries)
    rm -rf "$sysroot" && mkdir "$sysroot"
    for package in "$folder"/apt/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$sysroot"
    done
    rm -rf "$folder/apt"
    libraries >"$sysroot/libraries"
}

if ! command -v apt-get >/dev/null; then
    echo "SKIPPED: no apt here"
    exit 77
fi
third_party/install.sh build aarch64
mkdir -p "$folder"
if ! libraries | cmp -s - "$sysroot/libraries"; then
    if ! make_sysroot >"$folder/sysroot.log" 2>&1; then
        tail -n 20 "$folder/sysroot.log"
        echo "SKIPPED: no arm64 packages from this system's sources"
        exit 77
    fi
fi
PKG_CONFIG_SYSROOT_DIR=$sysroot PKG_CONFIG_PATH= \
    PKG_CONFIG_LIBDIR=$sysroot/usr/lib/aarch64-linux-gnu/pkgconfig \
    cmake -S . -B "$folder" -DCMAKE_TOOLCHAIN_FILE=test/aarch64.cmake \
    >"$folder/run.log" 2>&1 &&
    cmake --build "$folder" -j "$(nproc)" >>"$folder/run.log" 2>&1 ||
    { tail -n 40 "$folder/run.log"; exit 1; }
if [ $# = 0 ]; then
    set -- -LE style
fi
exec ctest --test-dir "$folder" -j "$(nproc)" --output-on-failure "$@" \
    </dev/null
