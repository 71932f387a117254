// SPDX-License-Identifier: Apache-2.0

package guarded

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"testing"
	"time"
)

// TestMain dumps the goroutines that are left when all tests have ended, twice: what is at the same
// place in both is stuck. LEAK_DUMPS names a folder for the dumps.
func TestMain(m *testing.M) {
	code := m.Run()
	if folder := os.Getenv("LEAK_DUMPS"); folder != "" {
		for i := 0; i < 2; i++ {
			time.Sleep(500 * time.Millisecond)
			dump, err := os.Create(filepath.Join(folder, fmt.Sprintf("%d.txt", i)))
			if err == nil {
				err = pprof.Lookup("goroutine").WriteTo(dump, 2)
				dump.Close()
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
	os.Exit(code)
}

func TestFirst(t *testing.T) {
	slow := func() string { time.Sleep(20 * time.Millisecond); return "slow" }
	fast := func() string { return "fast" }
	answer, err := First(context.Background(), slow, fast, slow)
	if err != nil || answer != "fast" {
		t.Errorf("First() = %q, %v", answer, err)
	}
}
