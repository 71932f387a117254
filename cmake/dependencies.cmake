# Libraries from Debian 12. Static where Debian has the archive: a process that lives for two
# milliseconds should not spend them in the dynamic linker.

find_package(Threads REQUIRED)

function(plumb_library name header)
  find_path(${name}_INCLUDE ${header} REQUIRED)
  find_library(${name}_LIBRARY NAMES ${ARGN} REQUIRED)
  add_library(dep_${name} INTERFACE)
  target_include_directories(dep_${name} SYSTEM INTERFACE ${${name}_INCLUDE})
  target_link_libraries(dep_${name} INTERFACE ${${name}_LIBRARY})
endfunction()

plumb_library(isal isa-l/igzip_lib.h isal)
plumb_library(deflate libdeflate.h libdeflate.a deflate)
plumb_library(re2 re2/re2.h libre2.a re2)
plumb_library(boost_context boost/context/detail/fcontext.hpp libboost_context.a boost_context)
plumb_library(json nlohmann/json.hpp c)
# The editor of the shell's lines, with what its archive needs.
plumb_library(edit histedit.h libedit.a edit)
plumb_library(tinfo histedit.h libtinfo.a tinfo)
plumb_library(bsd histedit.h libbsd.a bsd)
plumb_library(md histedit.h libmd.a md)
target_link_libraries(dep_edit INTERFACE dep_tinfo dep_bsd dep_md)
find_path(CURL_HEADERS curl/curl.h REQUIRED)  # Loaded when needed, as is Capstone.
find_path(CAPSTONE_HEADERS capstone/capstone.h REQUIRED)
