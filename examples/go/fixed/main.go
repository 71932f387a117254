// SPDX-License-Identifier: Apache-2.0

// Command fixed does the work of ../leaky without the leak: each worker gives up when the context
// of its request is cancelled, so that the number of goroutines stays the same.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:6060", "address of the pprof server; port 0: any free one")
	flag.Parse()
	fmt.Printf("[START] Goroutines: %d\n", runtime.NumGoroutine())

	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("[PPROF] http://%s/debug/pprof/\n", listener.Addr())

	go runWorkers()
	go countGoroutines()
	log.Fatal(http.Serve(listener, nil))
}

func runWorkers() {
	for {
		ctx, cancel := context.WithCancel(context.Background())
		ch := make(chan int)
		go func() {
			result := compute()
			select {
			case ch <- result:
			case <-ctx.Done(): // Nobody receives: give up.
			}
		}()
		time.Sleep(20 * time.Millisecond)
		cancel()
	}
}

func compute() int {
	time.Sleep(time.Millisecond)
	return 42
}

func countGoroutines() {
	for range time.Tick(2 * time.Second) {
		fmt.Printf("[COUNT] Goroutines: %d\n", runtime.NumGoroutine())
	}
}
