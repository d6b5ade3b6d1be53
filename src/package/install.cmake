# What `cmake --install` puts where: headers, both libraries, the command,
# duet.pc for pkg-config, and the CMake package for find_package(duet).
#
# The CMake package gives duet::duet (shared) and, where the libraries that
# duet stands on can be found for linking, duet::duet_static; duet::database and
# duet::database_static in the same way, if they were built.

include(CMakePackageConfigHelpers)

set(duet_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/duet)
set(duet_config_dir ${PROJECT_BINARY_DIR}/package)

install(DIRECTORY include/duet DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")

# Commands for gdb: `source` it, see its head.
install(FILES src/runtime/look/duet-gdb.py
        DESTINATION ${CMAKE_INSTALL_DATADIR}/duet)

# One export file each: a program that uses the shared library needs nothing
# of what the static one is linked with.
install(TARGETS duet EXPORT duet_shared)
install(TARGETS duet_static EXPORT duet_static)
foreach(kind shared static)
  install(EXPORT duet_${kind} NAMESPACE duet:: FILE duet-${kind}.cmake
          DESTINATION ${duet_package_dir})
endforeach()
if(TARGET duet_tool)
  install(TARGETS duet_tool)
endif()

# The component "database".
if(TARGET duet_database)
  foreach(kind database database_static)
    install(TARGETS duet_${kind} EXPORT duet_${kind})
    install(EXPORT duet_${kind} NAMESPACE duet:: FILE duet-${kind}.cmake
            DESTINATION ${duet_package_dir})
  endforeach()
endif()

list(JOIN duet_modules " " duet_requires)
string(REGEX REPLACE ">=" " >= " duet_requires_private "${duet_requires}")
file(RELATIVE_PATH duet_up # from the folder of duet.pc to the prefix
     /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/duet.pc.in
               ${duet_config_dir}/duet.pc @ONLY)
set(duet_pc_files ${duet_config_dir}/duet.pc)
if(TARGET duet_database)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/duet-database.pc.in
                 ${duet_config_dir}/duet-database.pc @ONLY)
  list(APPEND duet_pc_files ${duet_config_dir}/duet-database.pc)
endif()
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/duet-config.cmake.in
  ${duet_config_dir}/duet-config.cmake
  INSTALL_DESTINATION ${duet_package_dir}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
  ${duet_config_dir}/duet-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${duet_config_dir}/duet-config.cmake
              ${duet_config_dir}/duet-config-version.cmake
        DESTINATION ${duet_package_dir})
install(FILES ${duet_pc_files}
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
