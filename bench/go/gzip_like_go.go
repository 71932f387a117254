// SPDX-License-Identifier: Apache-2.0

// Compresses standard input to standard output the way Go's runtime/pprof compresses profiles:
// compress/gzip at BestSpeed. Other compressors give other blocks, which inflate at other speeds.
package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
)

func compress(to io.Writer, from io.Reader) error {
	packer, err := gzip.NewWriterLevel(to, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if _, err := io.Copy(packer, from); err != nil {
		return err
	}
	return packer.Close()
}

func main() {
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	err := compress(out, bufio.NewReaderSize(os.Stdin, 1<<20))
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
