# Warnings and sanitizers, as one target that every target of ours links and nobody else sees.

add_library(plumb_flags INTERFACE)
target_compile_options(plumb_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  $<$<CXX_COMPILER_ID:Clang>:-Wno-c99-designator>
  # False in g++ 12 on `"literal" + std::string`: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105651
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # False in g++ 12 at -O3 on std::optional and std::variant members.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
target_include_directories(plumb_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(plumb_flags INTERFACE Threads::Threads)

if(PLUMB_SANITIZE)
  add_compile_options(-fsanitize=${PLUMB_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PLUMB_SANITIZE})
else()
  add_link_options(-static-libstdc++ -static-libgcc -Wl,--gc-sections)
endif()

# With debug information, by which profiles name lines. It has the folder of the sources in it: of
# another checkout, ccache may not give it.
function(plumb_debug_info target)
  target_compile_options(${target} PRIVATE -g)
  set(launcher ${CMAKE_CXX_COMPILER_LAUNCHER})
  list(REMOVE_ITEM launcher CCACHE_NOHASHDIR=1)
  set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER "${launcher}")
endfunction()
