// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

var (
	serverOnce sync.Once
	server     *httptest.Server
)

// url is that of a server with a body too large for what is read ahead.
func url() string {
	serverOnce.Do(func() {
		server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Write(make([]byte, 1<<20))
		}))
	})
	return server.URL
}

func init() {
	// A response whose body is neither read nor closed.
	programs["golang/go#16953"] = program{
		leaky: func() { http.Get(url()) },
		fixed: func() {
			if response, err := http.Get(url()); err == nil {
				defer response.Body.Close()
				io.Copy(io.Discard, response.Body)
			}
		},
	}

	// A transport of its own for each request.
	programs["distribution/distribution#473"] = program{
		leaky: func() { get(&http.Client{Transport: &http.Transport{}}) },
		fixed: func() { get(http.DefaultClient) },
	}

	// Rows that are not closed.
	sql.Register("fake", fakeDriver{})
	db, _ := sql.Open("fake", "")
	programs["cockroachdb/cockroach#13755"] = program{
		leaky: func() { query(db) },
		fixed: func() {
			if rows := query(db); rows != nil {
				rows.Close()
			}
		},
	}

	// Each pool starts a clock of its own that nobody ends.
	programs["minus5/gofreetds#64"] = program{
		leaky: func() { newConnPool(nil) },
		fixed: func() {
			ctx, cancel := context.WithCancel(context.Background())
			newConnPool(ctx.Done())
			cancel()
		},
	}

	// Stop of a ticker does not close its channel.
	programs["i-love-flamingo/flamingo-commerce#290"] = program{
		leaky: func() {
			ticker := time.NewTicker(time.Millisecond)
			go func() {
				for range ticker.C {
					setHeight(1)
				}
			}()
			ticker.Stop()
		},
		fixed: func() {
			ticker := time.NewTicker(time.Millisecond)
			done := make(chan struct{})
			go func() {
				for {
					select {
					case <-ticker.C:
						setHeight(1)
					case <-done:
						return
					}
				}
			}()
			ticker.Stop()
			close(done)
		},
	}
}

func get(client *http.Client) {
	if response, err := client.Get(url()); err == nil {
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
}

func newConnPool(done <-chan struct{}) {
	go func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			time.Sleep(2 * time.Millisecond)
		}
	}()
}

func query(db *sql.DB) *sql.Rows {
	ctx, cancel := context.WithCancel(context.Background())
	_ = cancel
	rows, err := db.QueryContext(ctx, "select")
	if err != nil {
		return nil
	}
	return rows
}

type fakeDriver struct{}

func (fakeDriver) Open(string) (driver.Conn, error) { return fakeConn{}, nil }

type fakeConn struct{}

func (fakeConn) Prepare(string) (driver.Stmt, error) { return fakeStmt{}, nil }
func (fakeConn) Close() error                        { return nil }
func (fakeConn) Begin() (driver.Tx, error)           { return nil, errBad }

type fakeStmt struct{}

func (fakeStmt) Close() error                               { return nil }
func (fakeStmt) NumInput() int                              { return -1 }
func (fakeStmt) Exec([]driver.Value) (driver.Result, error) { return nil, errBad }
func (fakeStmt) Query([]driver.Value) (driver.Rows, error)  { return fakeRows{}, nil }

type fakeRows struct{}

func (fakeRows) Columns() []string         { return []string{"a"} }
func (fakeRows) Close() error              { return nil }
func (fakeRows) Next([]driver.Value) error { return io.EOF }
