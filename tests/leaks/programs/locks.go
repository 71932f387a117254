// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"
	"time"
)

func init() {
	// A path that returns without unlocking; GoBench has it as cockroach/584.
	g := &gossip{}
	ok := &gossip{}
	programs["cockroachdb/cockroach#584"] = program{
		leaky: func() { go g.manage(true) },
		fixed: func() { go ok.manage(false) },
	}

	// A WaitGroup that is waited for inside the loop that starts its goroutines.
	programs["moby/moby#25384"] = program{
		leaky: func() { go enablePlugins(2, true) },
		fixed: func() { go enablePlugins(2, false) },
	}

	// Who waits until a plugin is active is told that it failed, and waits on.
	programs["moby/moby#30408"] = program{
		leaky: func() { activate(false) },
		fixed: func() { activate(true) },
	}

	// A send while the lock is held that the receiver wants.
	d := newDaemon()
	fine := newDaemon()
	programs["moby/moby#28462"] = program{
		leaky: func() { go d.healthcheck(true) },
		fixed: func() { go fine.healthcheck(false) },
	}

	// A pool and its connections, locked in one order where a request succeeded and in the other
	// where it failed.
	cross := newHostPool()
	straight := newHostPool()
	programs["opensearch-project/opensearch-go#777"] = program{
		leaky: func() { go cross.fail(cross.hosts[0]); go cross.hosts[0].succeed() },
		fixed: func() { go straight.fail(straight.hosts[0]); go straight.succeed(straight.hosts[0]) },
	}

	// A pool from which somebody who has a connection wants a second one.
	p := newPool(2)
	q := newPool(2)
	programs["RichardKnop/machinery#546"] = program{
		leaky: func() { go p.useTwo() },
		fixed: func() { go q.useOne() },
	}
}

type gossip struct {
	mu    sync.Mutex
	peers int
}

func (g *gossip) manage(forgets bool) {
	g.mu.Lock()
	g.peers++
	if forgets {
		return
	}
	g.mu.Unlock()
}

func enablePlugins(count int, waitsInside bool) {
	var group sync.WaitGroup
	group.Add(count)
	for i := 0; i < count; i++ {
		go func() {
			defer group.Done()
		}()
		if waitsInside {
			group.Wait()
		}
	}
	group.Wait()
}

func activate(looksAtError bool) {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	active, failed := false, false
	for i := 0; i < 2; i++ {
		go func() {
			mu.Lock()
			for !active && !(looksAtError && failed) {
				cond.Wait()
			}
			mu.Unlock()
		}()
	}
	time.Sleep(time.Millisecond)
	mu.Lock()
	failed = true
	cond.Broadcast()
	mu.Unlock()
}

type daemon struct {
	mu      sync.Mutex
	results chan int
	health  int
}

func newDaemon() *daemon { return &daemon{results: make(chan int)} }

func (d *daemon) healthcheck(holdsLock bool) {
	if holdsLock {
		d.mu.Lock()
		d.report()
		d.mu.Unlock()
		return
	}
	d.mu.Lock()
	d.health++
	d.mu.Unlock()
}

//go:noinline
func (d *daemon) report() { d.results <- 1 }

type hostPool struct {
	mu    sync.Mutex
	hosts []*host
	dead  int
}

type host struct {
	mu       sync.Mutex
	pool     *hostPool
	failures int
}

func newHostPool() *hostPool {
	p := &hostPool{}
	p.hosts = append(p.hosts, &host{pool: p})
	return p
}

func (h *host) succeed() {
	h.mu.Lock()
	time.Sleep(time.Millisecond)
	h.pool.revive(h)
	h.failures = 0
	h.mu.Unlock()
}

//go:noinline
func (p *hostPool) revive(h *host) {
	p.mu.Lock()
	p.dead -= h.failures
	p.mu.Unlock()
}

func (p *hostPool) fail(h *host) {
	p.mu.Lock()
	time.Sleep(time.Millisecond)
	h.count(1)
	p.dead++
	p.mu.Unlock()
}

func (p *hostPool) succeed(h *host) {
	p.mu.Lock()
	time.Sleep(time.Millisecond)
	h.count(0)
	p.dead = 0
	p.mu.Unlock()
}

//go:noinline
func (h *host) count(failures int) {
	h.mu.Lock()
	h.failures += failures
	h.mu.Unlock()
}

// Pool hands out a fixed number of connections.
type Pool struct{ free chan int }

func newPool(size int) *Pool {
	p := &Pool{make(chan int, size)}
	for i := 0; i < size; i++ {
		p.free <- i
	}
	return p
}

// Get waits for a connection.
//
//go:noinline
func (p *Pool) Get() int { return <-p.free }

func (p *Pool) put(c int) { p.free <- c }

func (p *Pool) useTwo() {
	first := p.Get()
	defer p.put(first)
	time.Sleep(10 * time.Millisecond)
	second := p.Get()
	p.put(second)
}

func (p *Pool) useOne() {
	c := p.Get()
	defer p.put(c)
	time.Sleep(time.Millisecond)
}
