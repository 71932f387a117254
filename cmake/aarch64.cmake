# SPDX-License-Identifier: Apache-2.0
#
# Toolchain: compiles for AArch64 on another machine, against Debian's packages for it below
# PLUMB_SYSROOT, and runs what was compiled in qemu. tools/test_aarch64 uses it.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PLUMB_SYSROOT)
set(CMAKE_SYSROOT "${PLUMB_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH "${PLUMB_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-aarch64-static;-L;${PLUMB_SYSROOT}")
