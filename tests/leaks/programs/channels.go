// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"time"
)

var errBad = errors.New("bad")

func slowly() int {
	time.Sleep(5 * time.Millisecond)
	return 1
}

func init() {
	// A command that takes longer than its timeout sends its result to nobody.
	programs["google/cadvisor#2549"] = program{
		leaky: func() {
			done := make(chan int)
			go func() {
				done <- slowly()
			}()
			select {
			case <-done:
			case <-time.After(time.Millisecond):
			}
		},
		fixed: func() {
			done := make(chan int, 1)
			go func() {
				done <- slowly()
			}()
			select {
			case <-done:
			case <-time.After(time.Millisecond):
			}
		},
	}

	// The same through a helper that makes the channel.
	helper := func(room int) chan int {
		ch := make(chan int, room)
		go func() {
			ch <- slowly()
		}()
		return ch
	}
	wait := func(ch chan int) {
		select {
		case <-ch:
		case <-time.After(time.Millisecond):
		}
	}
	programs["codeskyblue/go-sh#26"] = program{
		leaky: func() { wait(helper(0)) },
		fixed: func() { wait(helper(1)) },
	}

	// Who waits for one of two events takes the other one.
	programs["ansible/receptor#436"] = program{
		leaky: func() {
			other := make(chan struct{})
			close(other)
			done := make(chan bool)
			go func() {
				slowly()
				done <- true
			}()
			select {
			case <-done:
			case <-other:
			}
		},
		fixed: func() {
			other := make(chan struct{})
			close(other)
			done := make(chan bool)
			go func() {
				defer close(done)
				slowly()
			}()
			select {
			case <-done:
			case <-other:
			}
		},
	}

	// Two parts report their errors, and the first ends the function.
	programs["prometheus/prometheus#213"] = program{
		leaky: func() { appendSamples(make(chan error), make(chan error)) },
		fixed: func() { appendSamples(make(chan error, 1), make(chan error, 1)) },
	}

	// Two copies in opposite directions; the first that ends is waited for.
	programs["kubevirt/kubevirt#6168"] = program{
		leaky: func() { proxy(make(chan error)) },
		fixed: func() { proxy(make(chan error, 2)) },
	}

	// An evaluation whose context ends reports its error to nobody.
	programs["PaesslerAG/gval#107"] = program{
		leaky: func() { evaluate(make(chan error)) },
		fixed: func() { evaluate(make(chan error, 1)) },
	}

	// A missing return: the error is sent, and the value behind it.
	programs["enobufs/go-nats#2"] = program{
		leaky: func() {
			received := make(chan error)
			go func() {
				if slowly() == 1 {
					received <- errBad
				}
				received <- nil
			}()
			<-received
		},
		fixed: func() {
			received := make(chan error)
			go func() {
				if slowly() == 1 {
					received <- errBad
					return
				}
				received <- nil
			}()
			<-received
		},
	}

	// A connection that reads its requests to the end of a channel that nobody closes.
	programs["apache/pulsar-client-go#473"] = program{
		leaky: func() { newConnection() },
		fixed: func() { close(newConnection()) },
	}

	// A follower of heights that has no end.
	programs["bsv-blockchain/teranode#1107"] = program{
		leaky: func() {
			heights := make(chan int)
			go func() {
				for {
					setHeight(<-heights)
				}
			}()
			heights <- 1
		},
		fixed: func() {
			heights := make(chan int)
			go func() {
				for height := range heights {
					setHeight(height)
				}
			}()
			heights <- 1
			close(heights)
		},
	}

	// An event that came before it was waited for.
	programs["moby/moby#37182"] = program{
		leaky: func() { kill(make(chan struct{}), context.Background()) },
		fixed: func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			time.AfterFunc(5*time.Millisecond, cancel)
			kill(make(chan struct{}), ctx)
		},
	}

	// Stopping forgets the channel before the goroutine has come to wait for it.
	programs["istio/istio#8967"] = program{
		leaky: func() { newSource().stop(true) },
		fixed: func() { newSource().stop(false) },
	}

	// A watcher that is not handed out, so that nobody can stop it.
	programs["m3db/m3cluster#163"] = program{
		leaky: func() { newWatcher() },
		fixed: func() { newWatcher().stop() },
	}
}

func appendSamples(first, second chan error) error {
	go func() {
		first <- errBad
	}()
	go func() {
		slowly()
		second <- errBad
	}()
	if err := <-first; err != nil {
		return err
	}
	return <-second
}

func proxy(ended chan error) error {
	for i := 0; i < 2; i++ {
		go func() {
			slowly()
			ended <- errBad
		}()
	}
	return <-ended
}

func evaluate(failed chan error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	go func() {
		slowly()
		failed <- errBad
	}()
	select {
	case <-failed:
	case <-ctx.Done():
	}
}

func newConnection() chan int {
	requests := make(chan int)
	go runConnection(requests)
	requests <- 1
	return requests
}

func runConnection(requests chan int) {
	for request := range requests {
		setHeight(request)
	}
}

//go:noinline
func setHeight(int) {}

func kill(exited chan struct{}, ctx context.Context) {
	go func() {
		waitExit(exited, ctx)
	}()
}

//go:noinline
func waitExit(exited chan struct{}, ctx context.Context) {
	if ctx.Done() == nil {
		<-exited
		return
	}
	select {
	case <-exited:
	case <-ctx.Done():
	}
}

type source struct{ done chan struct{} }

func newSource() *source {
	s := &source{make(chan struct{})}
	s.start()
	return s
}

func (s *source) start() {
	go func() {
		slowly()
		<-s.done
	}()
}

func (s *source) stop(forgets bool) {
	close(s.done)
	if forgets {
		s.done = nil
	}
}

type watcher struct {
	events chan int
	quit   chan struct{}
}

func newWatcher() *watcher {
	w := &watcher{make(chan int), make(chan struct{})}
	go w.run()
	return w
}

func (w *watcher) run() {
	for {
		select {
		case event := <-w.events:
			setHeight(event)
		case <-w.quit:
			return
		}
	}
}

func (w *watcher) stop() { close(w.quit) }
