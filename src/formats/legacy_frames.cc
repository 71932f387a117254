// SPDX-License-Identifier: Apache-2.0
#include "formats/legacy_frames.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace plumb {
namespace {

// Regular expressions of whole function names.
constexpr std::string_view kAllocators[] = {
    // The C library.
    "calloc", "cfree", "malloc", "free", "memalign", "do_memalign", "(__)?posix_memalign",
    "pvalloc", "valloc", "realloc",
    // tcmalloc.
    "tcmalloc::.*", "tc_calloc", "tc_cfree", "tc_malloc", "tc_free", "tc_memalign",
    "tc_posix_memalign", "tc_pvalloc", "tc_valloc", "tc_realloc", "tc_new", "tc_delete",
    "tc_newarray", "tc_deletearray", "tc_new_nothrow", "tc_newarray_nothrow",
    // macOS.
    "malloc_zone_malloc", "malloc_zone_calloc", "malloc_zone_valloc", "malloc_zone_realloc",
    "malloc_zone_memalign", "malloc_zone_free",
    // Go.
    "runtime\\..*",
    // C++ and other libraries.
    "BaseArena::.*", "(::)?do_malloc_no_errno", "(::)?do_malloc_pages", "(::)?do_malloc",
    "DoSampledAllocation", "MallocedMemBlock::MallocedMemBlock", "_M_allocate",
    "__builtin_(vec_)?delete", "__builtin_(vec_)?new", "__gnu_cxx::new_allocator::allocate",
    "__libc_malloc", "__malloc_alloc_template::allocate", "allocate", "cpp_alloc",
    "operator new(\\[\\])?", "simple_alloc::allocate"};

// Frames of Go's runtime that allocate for nobody else.
constexpr std::string_view kKeptOfAllocators[] = {"runtime\\.panic", "runtime\\.reflectcall",
                                                  "runtime\\.call[0-9]*"};

constexpr std::string_view kLocks[] = {"RecordLockProfileData",
                                       "(base::)?RecordLockProfileData.*",
                                       "(base::)?SubmitMutexProfileData.*",
                                       "(base::)?SubmitSpinLockProfileData.*",
                                       "(base::Mutex::)?AwaitCommon.*",
                                       "(base::Mutex::)?Unlock.*",
                                       "(base::Mutex::)?UnlockSlow.*",
                                       "(base::Mutex::)?ReaderUnlock.*",
                                       "(base::MutexLock::)?~MutexLock.*",
                                       "(Mutex::)?AwaitCommon.*",
                                       "(Mutex::)?Unlock.*",
                                       "(Mutex::)?UnlockSlow.*",
                                       "(Mutex::)?ReaderUnlock.*",
                                       "(MutexLock::)?~MutexLock.*",
                                       "(SpinLock::)?Unlock.*",
                                       "(SpinLock::)?SlowUnlock.*",
                                       "(SpinLockHolder::)?~SpinLockHolder.*"};

constexpr std::string_view kSignalHandlers[] = {"ProfileData::Add", "ProfileData::prof_handler",
                                                "CpuProfiler::prof_handler", "__pthread_sighandler",
                                                "__restore"};

StringId intern_joined(Profile& profile, std::span<const std::string_view> patterns) {
  std::string joined;
  for (const std::string_view pattern : patterns) {
    if (!joined.empty()) joined += '|';
    joined += pattern;
  }
  return profile.strings.intern(joined);
}

// True if the sample types are named by the words of `names`.
bool has_types(const Profile& profile, std::string_view names) {
  std::string found;
  for (const ValueType& type : profile.sample_types) {
    if (!found.empty()) found += ' ';
    found += profile.text(type.type);
  }
  return found == names;
}

}  // namespace

void set_legacy_frames(Profile& profile) {
  constexpr std::string_view kHeaps[] = {"allocations size", "objects space",
                                         "inuse_objects inuse_space", "alloc_objects alloc_space",
                                         "alloc_objects alloc_space inuse_objects inuse_space"};
  const auto matches = [&profile](std::string_view names) { return has_types(profile, names); };
  if (std::ranges::any_of(kHeaps, matches)) {
    profile.drop_frames = intern_joined(profile, kAllocators);
    profile.keep_frames = intern_joined(profile, kKeptOfAllocators);
  } else if (matches("contentions delay")) {
    profile.drop_frames = intern_joined(profile, kLocks);
  } else {
    profile.drop_frames = intern_joined(profile, kSignalHandlers);
  }
}

}  // namespace plumb
