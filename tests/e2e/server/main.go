// SPDX-License-Identifier: Apache-2.0

// Server is the other side of the tests of fetching: a program with net/http/pprof behind plain
// HTTP, TLS and TLS with client certificates, handlers that answer badly in every way that a client
// has to stand, and a proxy.
//
// It listens on free ports of 127.0.0.1, writes its certificates below the directory given as its
// only argument, prints "NAME ADDRESS" for each listener and then "ready", and ends when its
// standard input does.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
)

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	return listener
}

func serve(name string, handler http.Handler, config *tls.Config) string {
	listener := listen()
	address := listener.Addr().String()
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(listener)
	fmt.Println(name, address)
	return address
}

func leak() {
	never := make(chan int)
	for i := 0; i < 7; i++ {
		go func() { never <- 1 }()
	}
	runtime.Gosched()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: server DIRECTORY")
	}
	leak()
	authority := newAuthority(os.Args[1])
	certificate := authority.issue("server", "127.0.0.1", "plumb.test")
	authority.issue("client", "client")
	newAuthority(os.Args[1]+"/stranger").issue("client", "stranger")

	plain := serve("http", handlers(), nil)
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	secure := serve("https", handlers(), config)
	clients := x509.NewCertPool()
	clients.AddCert(authority.certificate)
	mutual := config.Clone()
	mutual.ClientAuth = tls.RequireAndVerifyClientCert
	mutual.ClientCAs = clients
	serve("mtls", handlers(), mutual)
	serve("proxy", &proxy{plain: plain, secure: secure}, nil)

	closed := listen()
	fmt.Println("closed", closed.Addr())
	closed.Close()
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
}
