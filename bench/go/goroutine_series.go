// SPDX-License-Identifier: Apache-2.0

// Writes a series of goroutine profiles of itself, as a program with some hundreds of kinds of
// goroutines would have: each kind waits at the end of a stack of its own, one in ten kinds leaks.
//
//	goroutine_series DIR SNAPSHOTS GROUPS
//
// The functions on the stacks, `steps`, are in a second file, which ../run.py writes.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"
)

var (
	full   = make(chan int) // Nobody receives.
	empty  = make(chan int) // Nobody sends.
	locked sync.Mutex
	group  sync.WaitGroup
)

//go:noinline
func wait(kind int) {
	switch kind % 5 {
	case 0:
		full <- 1
	case 1:
		<-empty
	case 2:
		select {
		case <-empty:
		case full <- 1:
		}
	case 3:
		locked.Lock()
	default:
		group.Wait()
	}
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: goroutine_series DIR SNAPSHOTS GROUPS")
	}
	snapshots, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	groups, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	locked.Lock()
	group.Add(1)
	random := rand.New(rand.NewSource(1))
	paths := make([][]int, groups)
	for i := range paths {
		paths[i] = make([]int, 4+random.Intn(20))
		for j := range paths[i] {
			paths[i][j] = random.Intn(len(steps))
		}
		for j := 0; j < 1+random.Intn(20); j++ {
			go steps[paths[i][0]](paths[i][1:])
		}
	}
	for i := 0; i < snapshots; i++ {
		for j := 0; j < groups; j += 10 {
			go steps[paths[j][0]](paths[j][1:])
		}
		time.Sleep(time.Millisecond)
		file, err := os.Create(filepath.Join(os.Args[1], fmt.Sprintf("%04d.pb.gz", i)))
		if err != nil {
			log.Fatal(err)
		}
		if err := pprof.Lookup("goroutine").WriteTo(file, 0); err != nil {
			log.Fatal(err)
		}
		if err := file.Close(); err != nil {
			log.Fatal(err)
		}
	}
}
