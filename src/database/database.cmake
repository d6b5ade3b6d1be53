# duet_database, the library for MariaDB and MySQL, where MariaDB Connector/C
# is found; shared and static, like duet itself.

pkg_check_modules(MARIADB IMPORTED_TARGET GLOBAL "libmariadb>=3.3")
if(NOT MARIADB_FOUND)
  message(STATUS "duet_database is not built: it needs MariaDB Connector/C 3.3 "
    "or newer. On Debian and Ubuntu: apt-get install libmariadb-dev. Other "
    "systems: third_party/README.md")
  return()
endif()
duet_require(SSL libssl 3.0 libssl-dev)

set(database_sources)
foreach(room ${duet_database_rooms})
  file(GLOB room_sources CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/src/${room}/*.c)
  list(APPEND database_sources ${room_sources})
endforeach()
add_library(duet_database_objects OBJECT ${database_sources})
target_compile_definitions(duet_database_objects PRIVATE
  _GNU_SOURCE ${duet_definitions})
target_include_directories(duet_database_objects PRIVATE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(duet_database_objects PRIVATE
  PkgConfig::MARIADB PkgConfig::SSL PkgConfig::CRYPTO)

add_library(duet_database SHARED $<TARGET_OBJECTS:duet_database_objects>)
set_target_properties(duet_database PROPERTIES
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
  EXPORT_NAME database)
if(NOT DUET_SANITIZE)
  target_link_options(duet_database PRIVATE LINKER:-z,defs)
endif()
add_library(duet_database_static STATIC
  $<TARGET_OBJECTS:duet_database_objects>)
set_target_properties(duet_database_static PROPERTIES
  OUTPUT_NAME duet_database EXPORT_NAME database_static)
target_link_libraries(duet_database PUBLIC duet)
target_link_libraries(duet_database_static PUBLIC duet_static)
foreach(library duet_database duet_database_static)
  target_link_libraries(${library} PRIVATE
    $<BUILD_INTERFACE:PkgConfig::MARIADB>
    $<BUILD_INTERFACE:PkgConfig::SSL>
    $<BUILD_INTERFACE:PkgConfig::CRYPTO>)
endforeach()
target_link_libraries(duet_database_static PRIVATE
  $<INSTALL_INTERFACE:PkgConfig::DUET_DATABASE_REQUIRES>)
add_library(duet::database ALIAS duet_database)
add_library(duet::database_static ALIAS duet_database_static)
