// SPDX-License-Identifier: Apache-2.0

// The same as rt_bench.cc in Go.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func cpuNs() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano() + usage.Stime.Nano())
}

func measure(name string, round func() float64) {
	best := 1e18
	for i := 0; i < 7; i++ {
		start := cpuNs()
		count := round()
		best = min(best, (cpuNs()-start)/count)
	}
	fmt.Printf("%s %.1f\n", name, best)
}

func switchRound() float64 {
	const count = 500000
	var group sync.WaitGroup
	for i := 0; i < 2; i++ {
		group.Go(func() {
			for n := 0; n < count; n++ {
				runtime.Gosched()
			}
		})
	}
	group.Wait()
	return 2 * count
}

func createRound() float64 {
	const count, batch = 300000, 100
	for i := 0; i < count/batch; i++ {
		var group sync.WaitGroup
		group.Add(batch)
		for n := 0; n < batch; n++ {
			go group.Done()
		}
		group.Wait()
	}
	return count
}

func chanRound() float64 {
	const count = 300000
	there, back := make(chan int), make(chan int)
	go func() {
		for value := range there {
			back <- value
		}
	}()
	for i := 0; i < count; i++ {
		there <- i
		<-back
	}
	close(there)
	return count
}

func selectRound() float64 {
	const count = 100000
	var chans [8]chan int
	for i := range chans {
		chans[i] = make(chan int)
	}
	go func() {
		for i := 0; i < count; i++ {
			chans[i%8] <- i
		}
	}()
	sum := 0
	for i := 0; i < count; i++ {
		select {
		case value := <-chans[0]:
			sum += value
		case value := <-chans[1]:
			sum += value
		case value := <-chans[2]:
			sum += value
		case value := <-chans[3]:
			sum += value
		case value := <-chans[4]:
			sum += value
		case value := <-chans[5]:
			sum += value
		case value := <-chans[6]:
			sum += value
		case value := <-chans[7]:
			sum += value
		}
	}
	return count
}

func statusKib(field string) int {
	text, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, field) {
			kib, _ := strconv.Atoi(strings.Fields(line)[1])
			return kib
		}
	}
	return 0
}

func waitFor(gate chan struct{}) { <-gate }

func parked(count int) {
	before := statusKib("VmRSS:") + statusKib("VmPTE:")
	gate := make(chan struct{})
	start := cpuNs()
	for i := 0; i < count; i++ {
		go waitFor(gate)
	}
	time.Sleep(time.Second)
	fmt.Printf("park_ns %.0f\n", (cpuNs()-start)/float64(count))
	after := statusKib("VmRSS:") + statusKib("VmPTE:")
	fmt.Printf("bytes_per_task %.0f\n", float64(after-before)*1024/float64(count))
	for debug := 0; debug < 3; debug++ {
		var took float64
		for i := 0; i < 2; i++ {
			start := cpuNs()
			pprof.Lookup("goroutine").WriteTo(io.Discard, debug)
			took = (cpuNs() - start) / 1e6
		}
		fmt.Printf("debug%d_ms %.0f\n", debug, took)
	}
}

func main() {
	what := os.Args[1]
	if what != "chan2" && what != "parked" {
		runtime.GOMAXPROCS(1)
	}
	switch what {
	case "switch":
		measure("switch", switchRound)
	case "create":
		measure("create", createRound)
	case "chan", "chan2":
		measure(what, chanRound)
	case "select":
		measure("select", selectRound)
	case "parked":
		count, _ := strconv.Atoi(os.Args[2])
		parked(count)
	}
}
