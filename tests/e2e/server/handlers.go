// SPDX-License-Identifier: Apache-2.0

package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/pprof"
	"strconv"
	"strings"
	"sync"
)

// handlers returns net/http/pprof and the answers, good and bad, that the tests ask for.
func handlers() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/get-only/symbol", getOnlySymbols)
	mux.HandleFunc("/echo", echo)
	mux.HandleFunc("/redirect", redirect)
	mux.HandleFunc("/chain", chain)
	mux.HandleFunc("/gzip", compressed)
	mux.HandleFunc("/brotli", brotli)
	mux.HandleFunc("/message", message)
	mux.HandleFunc("/bulk", bulk)
	mux.HandleFunc("/stall", stall)
	mux.HandleFunc("/raw", raw)
	mux.HandleFunc("/endless-head", endlessHead)
	mux.HandleFunc("/meet", new(meeting).serve)
	return mux
}

func number(r *http.Request, name string) int {
	value, _ := strconv.Atoi(r.FormValue(name))
	return value
}

// getOnlySymbols names addresses as net/http/pprof does since Go 1.22: of a GET, and of no POST. As
// many servers do, it takes no long line.
func getOnlySymbols(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if len(r.RequestURI) > 8000 {
		http.Error(w, "URI Too Long", http.StatusRequestURITooLong)
		return
	}
	fmt.Fprintf(w, "num_symbols: 1\n")
	for _, address := range strings.Split(r.URL.RawQuery, "+") {
		fmt.Fprintf(w, "%s at.%s\n", address, address)
	}
}

// echo says what arrived, one "name=value" a line.
func echo(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	client := ""
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		client = r.TLS.PeerCertificates[0].Subject.CommonName
	}
	fmt.Fprintf(w, "uri=%s\nhost=%s\nuser=%s\npassword=%s\nclient=%s\nvia=%s\nencoding=%s\n",
		r.RequestURI, r.Host, user, password, client, r.Header.Get("Via"),
		r.Header.Get("Accept-Encoding"))
}

// redirect sends to the parameter "to".
func redirect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", r.FormValue("to"))
	w.WriteHeader(http.StatusFound)
	io.WriteString(w, strings.Repeat("x", number(r, "body")))
}

// chain redirects "n" times.
func chain(w http.ResponseWriter, r *http.Request) {
	n := number(r, "n")
	if n == 0 {
		io.WriteString(w, "end of the chain")
		return
	}
	http.Redirect(w, r, "chain?n="+strconv.Itoa(n-1), http.StatusTemporaryRedirect)
}

// compressed sends "bytes" zeros with Content-Encoding gzip, or half of that stream if "cut" is set.
func compressed(w http.ResponseWriter, r *http.Request) {
	var packed strings.Builder
	writer := gzip.NewWriter(&packed)
	block := strings.Repeat("0", 1<<16)
	for left := number(r, "bytes"); left > 0; left -= len(block) {
		if left < len(block) {
			block = block[:left]
		}
		io.WriteString(writer, block)
	}
	writer.Close()
	body := packed.String()
	if r.FormValue("cut") != "" {
		body = body[:len(body)/2]
	}
	w.Header().Set("Content-Encoding", "gzip")
	io.WriteString(w, body)
}

func brotli(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Encoding", "br")
	io.WriteString(w, "not really")
}

// message answers with "status" and "text" as net/http/pprof words its errors; with "gzip" set, as a
// compressing middleware passes them on.
func message(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Go-Pprof", "1")
	if r.FormValue("gzip") == "" {
		w.WriteHeader(number(r, "status"))
		io.WriteString(w, r.FormValue("text"))
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(number(r, "status"))
	writer := gzip.NewWriter(w)
	io.WriteString(writer, r.FormValue("text"))
	writer.Close()
}

// bulk sends "bytes" bytes, 0123456789 over and over, in chunks or with their number first.
func bulk(w http.ResponseWriter, r *http.Request) {
	if status := number(r, "status"); status != 0 {
		w.WriteHeader(status)
	}
	left := number(r, "bytes")
	if r.FormValue("length") != "" {
		w.Header().Set("Content-Length", strconv.Itoa(left))
	}
	block := strings.Repeat("0123456789", 1000)
	for left > 0 {
		if left < len(block) {
			block = block[:left]
		}
		if _, err := io.WriteString(w, block); err != nil {
			return
		}
		left -= len(block)
	}
}

// stall sends "bytes" bytes, with a head unless there are none, and then nothing.
func stall(w http.ResponseWriter, r *http.Request) {
	if n := number(r, "bytes"); n > 0 {
		io.WriteString(w, strings.Repeat("x", n))
		w.(http.Flusher).Flush()
	}
	<-r.Context().Done()
}

// raw sends "text" instead of an HTTP answer and closes the connection.
func raw(w http.ResponseWriter, r *http.Request) {
	text := r.FormValue("text")
	connection, _, err := w.(http.Hijacker).Hijack()
	check(err)
	io.WriteString(connection, text)
	connection.Close()
}

func endlessHead(w http.ResponseWriter, r *http.Request) {
	connection, _, err := w.(http.Hijacker).Hijack()
	check(err)
	defer connection.Close()
	io.WriteString(connection, "HTTP/1.1 200 OK\r\n")
	line := "X-More: " + strings.Repeat("x", 1000) + "\r\n"
	for err == nil {
		_, err = io.WriteString(connection, line)
	}
}

// meeting answers when "n" requests wait for it.
type meeting struct {
	mutex   sync.Mutex
	waiting int
	begun   chan struct{}
}

func (m *meeting) serve(w http.ResponseWriter, r *http.Request) {
	m.mutex.Lock()
	if m.begun == nil {
		m.begun = make(chan struct{})
	}
	m.waiting++
	if m.waiting == number(r, "n") {
		close(m.begun)
	}
	m.mutex.Unlock()
	select {
	case <-m.begun:
		io.WriteString(w, "all here")
	case <-r.Context().Done():
	}
}
