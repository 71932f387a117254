// SPDX-License-Identifier: Apache-2.0

// Command leakprograms has small programs that leak goroutines as real ones did, each beside what
// fixed it. The name of a program is that of the public issue or change that describes the bug.
//
//	leakprograms NAME leaky|fixed        serves net/http/pprof, and prints where
//	leakprograms NAME leaky|fixed DIR    writes two goroutine dumps, DIR/0.2.txt and DIR/1.2.txt, and
//	                                     DIR/leaked.2.txt where the Go has a leak profile
//	leakprograms                         lists the names
package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sort"
	"time"
)

type program struct{ leaky, fixed func() }

var programs = map[string]program{}

const (
	calls = 10 // In front of each dump.
	pause = 4 * time.Millisecond
)

// work stands for what else a program does: goroutines that end.
func work() {
	done := make(chan struct{})
	for i := 0; i < 5; i++ {
		go func() { done <- struct{}{} }()
	}
	for i := 0; i < 5; i++ {
		<-done
	}
}

func dump(path string) {
	runtime.GC()
	write(pprof.Lookup("goroutine"), path)
}

func write(profile *pprof.Profile, path string) {
	file, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	if err := profile.WriteTo(file, 2); err != nil {
		panic(err)
	}
}

// serve calls run again and again until its input ends.
func serve(run func()) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	go http.Serve(listener, nil)
	go func() {
		os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}()
	for {
		run()
		work()
		time.Sleep(20 * time.Millisecond)
	}
}

func main() {
	if len(os.Args) < 3 {
		var names []string
		for name := range programs {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Println(name)
		}
		return
	}
	run := programs[os.Args[1]].leaky
	if os.Args[2] == "fixed" {
		run = programs[os.Args[1]].fixed
	}
	if len(os.Args) == 3 {
		serve(run)
	}
	for round := 0; round < 2; round++ {
		for i := 0; i < calls; i++ {
			run()
			work()
			time.Sleep(pause)
		}
		time.Sleep(100 * time.Millisecond)
		dump(filepath.Join(os.Args[3], fmt.Sprintf("%d.2.txt", round)))
	}
	// With GOEXPERIMENT=goroutineleakprofile, or Go 1.27: all goroutines, the leaked ones marked.
	if leaked := pprof.Lookup("goroutineleak"); leaked != nil {
		write(leaked, filepath.Join(os.Args[3], "leaked.2.txt"))
	}
}
