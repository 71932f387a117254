# SPDX-License-Identifier: Apache-2.0
# What a reader must find in a goroutine dump, counted by a second, much simpler reader. Made
# goroutine_text.tsv (in this directory):
#
#   for f in */goroutine*.debug2.txt* */synctest.*.txt */sigquit.stderr.txt.gz */crash/*.txt; do
#     zcat -f $f | awk -v file=$f -f goroutine_text.awk
#   done > goroutine_text.tsv
#
# Columns: file, goroutines, sum of their ids, sum of the minutes waited, frames without creators
# and ancestors, states without flags, functions that created them (`-`: not printed), first line of
# the crash text (`-`: none).

function list(counts, key, keys, n, i, text) {
  for (key in counts) {
    for (i = n++; i > 0 && keys[i] > key; i--) keys[i + 1] = keys[i]
    keys[i + 1] = key
  }
  for (i = 1; i <= n; i++) text = text (i > 1 ? ";" : "") keys[i] "=" counts[keys[i]]
  return n ? text : "-"
}

/^goroutine [0-9]+ .*\[/ {
  goroutines++
  ids += $2
  creators["-"]++
  inside = 1
  own = 1
  text = $0
  sub(/^[^\[]*\[/, "", text)
  if (match(text, /, [0-9]+ minutes/)) minutes += substr(text, RSTART + 2)
  sub(/[],].*/, "", text)
  while (sub(/ \((leaked|scan|durable)\)$/, "", text)) {}
  states[text]++
  next
}
/^$/ { inside = 0 }
/^\[originating/ { own = 0 }
inside && own && /^created by / {
  sub(/^created by /, "")
  sub(/ in goroutine [0-9]+$/, "")
  creators["-"]--
  if (creators["-"] == 0) delete creators["-"]
  creators[$0]++
}
inside && own && /\)$/ && !/^created by / { frames++ }
!goroutines && !crash && /^(panic|fatal error|SIG[A-Z]+|runtime): / { crash = $0 }
END {
  printf "%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", file, goroutines, ids, minutes, frames, list(states), \
         list(creators), goroutines && crash ? crash : "-"
}
