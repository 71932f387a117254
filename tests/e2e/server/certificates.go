// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// authority signs certificates that live for an hour.
type authority struct {
	directory   string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	return key
}

func template(name string, serial int64) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
}

// newAuthority makes an authority and writes its certificate to ca.pem in directory.
func newAuthority(directory string) *authority {
	check(os.MkdirAll(directory, 0o755))
	a := &authority{directory: directory, key: newKey()}
	request := template("plumb test authority", 1)
	request.IsCA = true
	request.BasicConstraintsValid = true
	request.KeyUsage |= x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, request, request, a.key.Public(), a.key)
	check(err)
	a.certificate, err = x509.ParseCertificate(der)
	check(err)
	a.write("ca.pem", "CERTIFICATE", der)
	return a
}

// issue writes NAME.pem and NAME.key, good for the given host names and addresses.
func (a *authority) issue(name string, hosts ...string) tls.Certificate {
	key := newKey()
	request := template(hosts[0], 2)
	for _, host := range hosts {
		if address := net.ParseIP(host); address != nil {
			request.IPAddresses = append(request.IPAddresses, address)
		} else {
			request.DNSNames = append(request.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, request, a.certificate, key.Public(), a.key)
	check(err)
	keyDer, err := x509.MarshalECPrivateKey(key)
	check(err)
	a.write(name+".pem", "CERTIFICATE", der)
	a.write(name+".key", "EC PRIVATE KEY", keyDer)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a *authority) write(name, kind string, der []byte) {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	check(os.WriteFile(filepath.Join(a.directory, name), text, 0o600))
}
