# The runtime library as a package: cmake --install build --component rt
#
# One archive with everything in it, so that who uses the library needs none of its dependencies.
# (ISA-L, of which Debian has no archive, is only needed for reading.)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(bundle ${PROJECT_BINARY_DIR}/libplumb-rt.a)
set(parts)
foreach(layer rt symbols formats model base)
  list(APPEND parts $<TARGET_FILE:plumb_${layer}>)
endforeach()
list(APPEND parts ${boost_context_LIBRARY} ${re2_LIBRARY} ${deflate_LIBRARY})
list(JOIN parts "," joined)
add_custom_command(
  OUTPUT ${bundle}
  COMMAND ${CMAKE_COMMAND} -DAR=${CMAKE_AR} -DOUTPUT=${bundle} -DLIBRARIES=${joined}
          -P ${PROJECT_SOURCE_DIR}/cmake/bundle.cmake
  DEPENDS plumb_rt plumb_symbols plumb_formats plumb_model plumb_base
          ${PROJECT_SOURCE_DIR}/cmake/bundle.cmake
  VERBATIM)
add_custom_target(package_rt DEPENDS ${bundle} plumb_rt_heap)
if(PLUMB_DEVELOPER_MODE AND NOT PLUMB_SANITIZE)
  add_custom_target(package_rt_always ALL DEPENDS package_rt)
endif()

set(config ${PROJECT_BINARY_DIR}/package)
file(RELATIVE_PATH PREFIX_FROM_PKGCONFIG /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
foreach(name plumb-rt plumb-rt-heap)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${config}/${name}.pc @ONLY)
endforeach()
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/plumbConfig.cmake.in
                              ${config}/plumbConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/plumb
                              PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${config}/plumbConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/plumb/rt
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/plumb COMPONENT rt EXCLUDE_FROM_ALL)
install(FILES ${bundle} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT rt EXCLUDE_FROM_ALL)
install(FILES $<TARGET_FILE:plumb_rt_heap> DESTINATION ${CMAKE_INSTALL_LIBDIR}
        RENAME libplumb-rt-heap.a COMPONENT rt EXCLUDE_FROM_ALL)
install(FILES ${config}/plumb-rt.pc ${config}/plumb-rt-heap.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT rt EXCLUDE_FROM_ALL)
install(FILES ${config}/plumbConfig.cmake ${config}/plumbConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/plumb COMPONENT rt EXCLUDE_FROM_ALL)
