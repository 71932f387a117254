// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net"
	"net/http"
	"strings"
)

// proxy is an HTTP proxy to which every host is one of the servers of this program. It asks for the
// user "proxy" with the password "pass" for hosts that start with "guarded".
type proxy struct {
	plain, secure string
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const credentials = "Basic cHJveHk6cGFzcw==" // proxy:pass
	guarded := strings.HasPrefix(r.Host, "guarded")
	if guarded && r.Header.Get("Proxy-Authorization") != credentials {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if strings.HasPrefix(r.Host, "forbidden") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if r.Method == http.MethodConnect {
		p.tunnel(w)
		return
	}
	p.forward(w, r)
}

func (p *proxy) forward(w http.ResponseWriter, r *http.Request) {
	request := r.Clone(r.Context())
	request.RequestURI = ""
	request.URL.Host = p.plain
	request.Header.Set("Via", "plumb test proxy")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	for name, values := range response.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(response.StatusCode)
	io.Copy(w, response.Body)
}

func (p *proxy) tunnel(w http.ResponseWriter) {
	server, err := net.Dial("tcp", p.secure)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	client, buffered, err := w.(http.Hijacker).Hijack()
	check(err)
	io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		io.Copy(server, buffered)
		server.Close()
	}()
	io.Copy(client, server)
	client.Close()
}
