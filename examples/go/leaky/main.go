// SPDX-License-Identifier: Apache-2.0

// Command leaky is the classic goroutine leak: every 20 ms it starts a goroutine that sends its
// result on an unbuffered channel from which nobody receives, so none of them ever ends.
//
//	go run ./leaky                      # pprof on 127.0.0.1:6060
//	go run ./leaky -addr 127.0.0.1:0    # on a free port, which it prints
package main

import (
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

	go leakGoroutines()
	go countGoroutines()
	log.Fatal(http.Serve(listener, nil))
}

func leakGoroutines() {
	for {
		ch := make(chan int)
		go func() {
			result := compute()
			ch <- result // Nobody receives: blocked for ever.
		}()
		time.Sleep(20 * time.Millisecond)
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
