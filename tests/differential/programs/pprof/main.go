// SPDX-License-Identifier: Apache-2.0

// pprof as google/pprof makes it, without the reader of binaries of `go tool pprof`: it asks binutils.
package main

import (
	"fmt"
	"os"

	"github.com/google/pprof/driver"
)

func main() {
	if err := driver.PProf(&driver.Options{}); err != nil {
		fmt.Fprintf(os.Stderr, "pprof: %v\n", err)
		os.Exit(2)
	}
}
