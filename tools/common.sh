# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Shared by demo, check and the scripts in tools/. To be sourced; sets $root.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)
name=$(basename "$0")

# Processes to end with the script, whichever way it ends.
running=()
end_running() {
  local pid tries
  for pid in "${running[@]}"; do
    for ((tries = 0; tries < 20; tries++)); do
      kill -- "-$pid" 2>/dev/null || continue 2
      sleep 0.1
    done
    kill -KILL -- "-$pid" 2>/dev/null || true
  done
}
trap end_running EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# start LOG COMMAND...: runs a command behind, in a process group of its own; sets $pid.
start() {
  local log=$1
  shift
  : >"$log"
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  set +m
  pid=$!
  running+=("$pid")
}

say() { printf '%s: %s\n' "$name" "$*"; }
die() { printf '%s: %s\n' "$name" "$*" >&2; exit 2; }

# is_writable DIRECTORY: true if it can be made and what a build rewrites in it is ours to write.
is_writable() {
  mkdir -p "$1" 2>/dev/null && [ -w "$1" ] &&
    [ -z "$(find "$1" -maxdepth 2 ! -writable ! -type l -print -quit)" ]
}

# Sets $builds, the directory of all build trees: build/ in the checkout, or, in somebody else's
# checkout, one of the user's own. Scripts started from here take the same.
find_builds() {
  builds=${PLUMB_BUILD_DIR:-$root/build}
  export PLUMB_BUILD_DIR=$builds
  is_writable "$builds" && return
  builds=${XDG_CACHE_HOME:-${HOME:-/tmp/home-$UID}/.cache}/plumb/$(cksum <<<"$root" | cut -d' ' -f1)
  is_writable "$builds" || die "cannot write to $PLUMB_BUILD_DIR, nor to $builds"
  say "$PLUMB_BUILD_DIR belongs to somebody else; building in $builds"
  export PLUMB_BUILD_DIR=$builds
}

# Sets $go: a Go toolchain of at least 1.19, also where PATH does not lead to it.
find_go() {
  local candidate
  for candidate in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go/bin/go \
    /usr/lib/go-1.*/bin/go; do
    [ -x "$candidate" ] || continue
    [[ $("$candidate" version) =~ go1\.([0-9]+) ]] || continue
    ((BASH_REMATCH[1] >= 19)) || continue
    go=$candidate
    return
  done
  return 1
}

# run_step LABEL WHAT COMMAND...: one line that says what is being waited for and how it went. The
# command's output goes to a log that is shown only if it fails. Long steps show how far they are:
# in place on a terminal, else once a minute.
run_step() {
  local label=$1 what=$2 log line started=$SECONDS status=0
  shift 2
  mkdir -p "$builds/log"
  log=$builds/log/${label// /-}.log
  line="$name: $label: $what ... "
  if [ "$label" = "$name" ]; then line="$name: $what ... "; fi
  show_line "$line"
  start "$log" "$@"
  follow "$pid" "$log" "$line"
  wait "$pid" 2>/dev/null || status=$?
  unset "running[-1]"
  if [ "$status" = 0 ]; then
    printf 'ok, %d s\n' $((SECONDS - started))
    return
  fi
  printf 'FAILED, %d s\n' $((SECONDS - started))
  show_log "$log"
  return "$status"
}

# Shows a line that will be replaced: on a terminal as much of it as one row holds.
show_line() {
  if [ -t 1 ]; then
    printf '\r\033[K%.*s' $(($(tput cols 2>/dev/null || echo 80) - 1)) "$1"
  else
    printf %s "$1"
  fi
}

# follow PID LOG LINE: shows the last line of the log behind LINE while the process runs.
follow() {
  local pid=$1 log=$2 line=$3 seconds=0 tenths=0
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    tenths=$((tenths + 1))
    ((tenths % 10 == 0)) || continue
    seconds=$((tenths / 10))
    if [ -t 1 ]; then
      show_line "${line:0:48} ... $seconds s $(tail -c 400 "$log" | tr -d '\r' | tail -n 1)"
    elif ((seconds % 60 == 0)); then
      printf '\n    %d min: %.80s ' $((seconds / 60)) "$(tail -c 400 "$log" | tail -n 1)"
    fi
  done
  if [ -t 1 ]; then printf '\r\033[K%s' "$line"; fi
}

# The whole log if it is short, else the lines that name failures and the end.
show_log() {
  local lines
  lines=$(wc -l <"$1")
  if ((lines <= 150)); then
    sed 's/^/    /' "$1"
  else
    grep -nE 'error:|FAILED|Failure|\*\*\*' "$1" | head -n 40 | sed 's/^/    /' || true
    printf '    ... the last lines of %s:\n' "$1"
    tail -n 80 "$1" | sed 's/^/    /'
  fi
}

# build_preset PRESET [TARGET...]: configures and builds a CMake preset; one build at a time.
build_preset() {
  local preset=$1 dir fresh=() targets=()
  shift
  dir=$(preset_dir "$preset")
  mkdir -p "$dir"
  # A checkout that was moved or copied with its build tree starts again.
  if [ -f "$dir/CMakeCache.txt" ] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$dir/CMakeCache.txt"; then
    fresh=(--fresh)
  fi
  if [ $# -gt 0 ]; then targets=(--target "$@"); fi
  (
    flock 9
    cd "$root"
    cmake --preset "$preset" -B "$dir" "${fresh[@]}"
    cmake --build "$dir" -j "$jobs" "${targets[@]}"
  ) 9>"$builds/.lock"
}

# Where a preset builds: the release preset in build/ itself, the others below it.
preset_dir() {
  if [ "$1" = release ]; then printf %s "$builds"; else printf %s "$builds/$1"; fi
}
