// SPDX-License-Identifier: Apache-2.0

// busy DIR does a little of everything that Go has profiles of, and writes them to DIR.
//
// Profiles are compared by what two programs make of them; so this one has what makes reports hard:
// inlined calls, recursion, closures, methods of generic types, one name in two packages, labels.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"

	"example.com/plumb/busy/shapes"
)

var sink int

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: busy DIR")
		os.Exit(2)
	}
	runtime.MemProfileRate = 512
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	cpu := create(os.Args[1], "cpu.pb.gz")
	check(pprof.StartCPUProfile(cpu))
	work(300 * time.Millisecond)
	pprof.StopCPUProfile()
	check(cpu.Close())
	keep := hold(40)
	write(os.Args[1], "before", "heap", "goroutine")
	more := hold(25)
	contend()
	stop := park(12)
	write(os.Args[1], "after", "heap", "allocs", "goroutine", "block", "mutex", "threadcreate")
	close(stop)
	runtime.KeepAlive(keep)
	runtime.KeepAlive(more)
}

// work calls everything for a while, with labels for the time.
func work(limit time.Duration) {
	for begin := time.Now(); time.Since(begin) < limit; {
		for tenant, job := range map[string]func(int) int{"north": fibonacci, "south": sum} {
			pprof.Do(context.Background(), pprof.Labels("tenant", tenant, "kind", "job"),
				func(context.Context) { sink += job(18) })
		}
		sink += int(shapes.Total(60))
	}
}

// fibonacci calls itself.
func fibonacci(n int) int {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}

// sum has small calls, which are inlined, in a loop.
func sum(n int) int {
	total := 0
	for i := 0; i < n*1000; i++ {
		total += twice(square(i))
	}
	return total
}

func square(n int) int { return n * n }

func twice(n int) int { return add(n, n) }

func add(a, b int) int { return a + b }

// hold allocates and keeps it.
func hold(count int) [][]byte {
	var blocks [][]byte
	for i := 0; i < count; i++ {
		blocks = append(blocks, make([]byte, 1000*(i+1)))
		shapes.Make(i)
	}
	return blocks
}

// contend makes goroutines wait for each other.
func contend() {
	var mutex sync.Mutex
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			mutex.Lock()
			defer mutex.Unlock()
			time.Sleep(time.Millisecond)
		}()
	}
	group.Wait()
}

// park starts goroutines that wait until stop is closed.
func park(count int) chan struct{} {
	stop := make(chan struct{})
	for i := 0; i < count; i++ {
		labels := pprof.Labels("worker", fmt.Sprint(i%3))
		pprof.Do(context.Background(), labels, func(context.Context) {
			go func() { <-stop }()
			go shapes.Wait(stop)
		})
	}
	time.Sleep(20 * time.Millisecond)
	return stop
}

func write(folder, suffix string, names ...string) {
	for _, name := range names {
		file := create(folder, name+"."+suffix+".pb.gz")
		check(pprof.Lookup(name).WriteTo(file, 0))
		check(file.Close())
	}
}

func create(folder, name string) *os.File {
	file, err := os.Create(filepath.Join(folder, name))
	check(err)
	return file
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
