// SPDX-License-Identifier: Apache-2.0

// Package shapes has methods, generic types and closures.
package shapes

// Number is what a Grid holds.
type Number interface{ ~int | ~float64 }

// Grid is a generic type with methods.
type Grid[T Number] struct {
	width int
	cells []T
}

// NewGrid makes a square Grid.
func NewGrid[T Number](width int) *Grid[T] {
	return &Grid[T]{width: width, cells: make([]T, width*width)}
}

// At is small enough to be inlined.
func (g *Grid[T]) At(x, y int) *T { return &g.cells[y*g.width+x] }

// Fill calls make for each cell.
func (g *Grid[T]) Fill(make func(x, y int) T) {
	for y := 0; y < g.width; y++ {
		for x := 0; x < g.width; x++ {
			*g.At(x, y) = make(x, y)
		}
	}
}

// Sum adds all cells.
func (g *Grid[T]) Sum() T {
	var total T
	for _, cell := range g.cells {
		total += cell
	}
	return total
}

// Total fills two kinds of Grid.
func Total(width int) float64 {
	whole := NewGrid[int](width)
	whole.Fill(func(x, y int) int { return x ^ y })
	broken := NewGrid[float64](width)
	broken.Fill(func(x, y int) float64 { return float64(x) / float64(y+1) })
	return float64(whole.Sum()) + broken.Sum()
}

var kept []*Grid[int]

// Make keeps a Grid.
func Make(width int) {
	kept = append(kept, NewGrid[int](width))
}

// Wait waits in a select.
func Wait(stop chan struct{}) {
	never := make(chan int)
	select {
	case <-stop:
	case <-never:
	}
}
