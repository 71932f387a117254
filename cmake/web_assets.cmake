# The client of the web UI: ui/ built by esbuild, compressed, and put into the program as it is.

find_program(PLUMB_NODE node)
find_program(PLUMB_NPM npm)
if(NOT PLUMB_NODE OR NOT PLUMB_NPM)
  message(FATAL_ERROR "the web UI needs node and npm to be built: apt-get install nodejs npm")
endif()

# Packages are installed once for all build trees of a checkout.
if(DEFINED ENV{PLUMB_BUILD_DIR})
  set(plumb_ui_default $ENV{PLUMB_BUILD_DIR}/ui)
elseif(PROJECT_BINARY_DIR MATCHES "^${PROJECT_SOURCE_DIR}/build(/|$)")
  set(plumb_ui_default ${PROJECT_SOURCE_DIR}/build/ui)
else()
  set(plumb_ui_default ${PROJECT_BINARY_DIR}/ui)
endif()
set(PLUMB_UI_DIR ${plumb_ui_default} CACHE PATH "Where the packages of the web UI are installed")

function(plumb_web_assets)
  set(ui ${PROJECT_SOURCE_DIR}/ui)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/web_assets)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${ui}/src/*)
  set(files ${out}/app.js.gz ${out}/app.css.gz ${out}/icon.svg.gz)
  add_custom_command(
    OUTPUT ${files}
    COMMAND ${PROJECT_SOURCE_DIR}/tools/ui build ${PLUMB_UI_DIR} ${out}
    DEPENDS ${sources} ${ui}/build.mjs ${ui}/package.json ${ui}/package-lock.json
            ${PROJECT_SOURCE_DIR}/tools/ui
    COMMENT "Building the client of the web UI"
    VERBATIM)

  # Assembly takes a file as it is; a C++ array of it takes the compiler seconds.
  file(CONFIGURE OUTPUT ${out}/assets.cc CONTENT [[
// Made by cmake/web_assets.cmake.
#define PLUMB_ASSET(symbol, file)                            \
  __asm__(".section .rodata\n.global plumb_asset_" symbol    \
          "\nplumb_asset_" symbol ":\n.incbin \"" file "\"\n" \
          ".global plumb_asset_" symbol "_end\nplumb_asset_" symbol "_end:\n.byte 0\n.previous\n")
PLUMB_ASSET("js", "@out@/app.js.gz");
PLUMB_ASSET("css", "@out@/app.css.gz");
PLUMB_ASSET("icon", "@out@/icon.svg.gz");
]] @ONLY)
  # Together with other files it would not be known to depend on these.
  set_source_files_properties(${out}/assets.cc PROPERTIES
    OBJECT_DEPENDS "${files}"
    SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(plumb_web PRIVATE ${out}/assets.cc)
endfunction()
