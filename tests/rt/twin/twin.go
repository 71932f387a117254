// SPDX-License-Identifier: Apache-2.0

// The same situation as ../twin.cc, for twin_test.py.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime/pprof"
	"time"
)

//go:noinline
func blockOnSend(ch chan int) { ch <- 1 }

//go:noinline
func blockOnReceive(ch chan int) { <-ch }

//go:noinline
func sleepLong() { time.Sleep(time.Hour) }

//go:noinline
func blockOnSelect(a, b chan int) {
	select {
	case <-a:
	case b <- 1:
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	go http.Serve(listener, nil)
	for i := 0; i < 3; i++ {
		go func() { blockOnSend(make(chan int)) }()
	}
	go func() { blockOnReceive(nil) }()
	go func() { sleepLong() }()
	pprof.Do(context.Background(), pprof.Labels("tenant", "acme", "job", "x y"), func(context.Context) {
		for i := 0; i < 2; i++ {
			go func() { blockOnSelect(make(chan int), make(chan int)) }()
		}
	})
	time.Sleep(100 * time.Millisecond)
	fmt.Println(listener.Addr())
	os.Stdin.Read(make([]byte, 1))
}
