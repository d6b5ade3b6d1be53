# Finds every library that duet stands on and makes each one a target.
#
# duet_dependencies is the list to link with, duet_modules the same as
# pkg-config names with their floors, duet_definitions what was found of the
# things that duet uses only where they are. README.md beside this file names
# each library's version floor, licence, reason and package.

find_package(Threads REQUIRED)
find_package(PkgConfig)
if(NOT PKG_CONFIG_FOUND)
  message(FATAL_ERROR "duet needs pkg-config to find its libraries. On Debian "
    "and Ubuntu: apt-get install pkg-config. Other systems: "
    "third_party/README.md. third_party/install.sh installs all that is "
    "missing.")
endif()

# duet_require(target pkg-config-name version debian-package)
function(duet_require target module version package)
  pkg_check_modules(${target} IMPORTED_TARGET GLOBAL "${module}>=${version}")
  if(NOT ${target}_FOUND)
    message(FATAL_ERROR
      "duet needs ${module} ${version} or newer. On Debian and Ubuntu: "
      "apt-get install ${package}. Other systems: third_party/README.md. "
      "third_party/install.sh installs all that is missing.")
  endif()
endfunction()

# A library that libduet itself links with; the same arguments.
macro(duet_depend target module version package)
  duet_require(${target} ${module} ${version} ${package})
  list(APPEND duet_dependencies PkgConfig::${target})
  list(APPEND duet_modules "${module}>=${version}")
endmacro()

set(duet_dependencies Threads::Threads)
set(duet_modules)
duet_depend(CURL libcurl 7.88.0 libcurl4-openssl-dev)
duet_depend(MICROHTTPD libmicrohttpd 0.9.75 libmicrohttpd-dev)
duet_depend(CARES libcares 1.18.0 libc-ares-dev)
duet_depend(JANSSON jansson 2.13 libjansson-dev)
duet_depend(IDN2 libidn2 2.3.0 libidn2-dev)
duet_depend(CRYPTO libcrypto 3.0 libssl-dev)
duet_depend(ZLIB zlib 1.2.11 zlib1g-dev)
duet_depend(BROTLIDEC libbrotlidec 1.0.9 libbrotli-dev)
duet_depend(BROTLIENC libbrotlienc 1.0.9 libbrotli-dev)
duet_depend(ZSTD libzstd 1.4.0 libzstd-dev)

include(CheckIncludeFile)
set(duet_definitions)
check_include_file(valgrind/valgrind.h DUET_FOUND_VALGRIND)
if(DUET_FOUND_VALGRIND)
  list(APPEND duet_definitions DUET_HAVE_VALGRIND=1)
endif()
