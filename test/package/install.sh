#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs duet into a folder of its own, moves it, and builds a program
# against it as strangers do: find_package (shared, static), pkg-config
# (shared, archive). Each program must run.
set -euo pipefail

source_dir=$DUET_SOURCE_DIR/test/package/stranger
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "install.sh: $*" >&2; exit 1; }

# runs PROGRAM...: must print the sentence that main.c asks the library for.
runs() {
    [ "$("$@")" = "duet: deadline passed" ] || fail "$* printed something else"
    echo "runs: $*"
}

cmake --install "$DUET_BUILD_DIR" --prefix "$work/first" >"$work/log" ||
    { cat "$work/log"; fail "cmake --install failed"; }
mv "$work/first" "$work/usr"
libdir=$(dirname "$(find "$work/usr" -name libduet.so)")
export PKG_CONFIG_PATH=$libdir/pkgconfig
export LD_LIBRARY_PATH=$libdir

cmake -S "$source_dir" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$work/usr" \
    >"$work/log" && cmake --build "$work/cmake" >>"$work/log" ||
    { cat "$work/log"; fail "the find_package project does not build"; }
runs "$work/cmake/shared"
runs "$work/cmake/static"
if ldd "$work/cmake/static" | grep libduet; then
    fail "duet::duet_static brought the shared library"
fi

if [ -e "$libdir/libduet_database.so" ]; then
    runs "$work/cmake/database"
    runs "$work/cmake/database_static"
fi

cc=${CC:-cc}
$cc "$source_dir/main.c" -o "$work/pkgconfig" \
    $(pkg-config --cflags --libs duet)
runs "$work/pkgconfig"
$cc "$source_dir/main.c" -o "$work/archive" $(pkg-config --cflags duet) \
    "$libdir/libduet.a" -pthread \
    $(pkg-config --libs $(pkg-config --print-requires-private duet |
        cut -d ' ' -f 1))
runs "$work/archive"
if [ -e "$libdir/libduet_database.so" ]; then
    $cc "$source_dir/database.c" -o "$work/database" \
        $(pkg-config --cflags --libs duet-database)
    runs "$work/database"
fi

# As a subproject: configured only, the library itself is built already.
cat >"$work/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.25)
project(parent LANGUAGES C)
add_subdirectory($DUET_SOURCE_DIR duet)
add_executable(program $source_dir/main.c)
target_link_libraries(program PRIVATE duet::duet_static)
if(TARGET duet_test_support OR TARGET bare_curl_multi)
  message(FATAL_ERROR "a subproject brings its tests")
endif()
END
cmake -S "$work" -B "$work/parent" >"$work/log" 2>&1 ||
    { cat "$work/log"; fail "duet is no subproject"; }

for header in "$DUET_SOURCE_DIR"/include/duet/*.h; do
    [ -f "$work/usr/include/duet/$(basename "$header")" ] ||
        fail "$(basename "$header") is not installed"
done
if [ -x "$DUET_BUILD_DIR/duet" ]; then
    "$work/usr/bin/duet" --version >/dev/null || fail "the command does not run"
fi
