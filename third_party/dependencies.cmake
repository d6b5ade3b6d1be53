# Finds every library that duet stands on and makes each one a target.
#
# duet_dependencies is the list to link with. README.md beside this file names
# each library's version floor, licence, reason and package.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

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

duet_require(CURL libcurl 7.88.0 libcurl4-openssl-dev)
duet_require(MICROHTTPD libmicrohttpd 0.9.75 libmicrohttpd-dev)
duet_require(CARES libcares 1.18.0 libc-ares-dev)
duet_require(JANSSON jansson 2.13 libjansson-dev)
duet_require(CRYPTO libcrypto 3.0 libssl-dev)

set(duet_dependencies PkgConfig::CURL PkgConfig::MICROHTTPD PkgConfig::CARES
    PkgConfig::JANSSON PkgConfig::CRYPTO Threads::Threads)
