//go:build !unix

package cputest

import "time"

var began = time.Now()

// worked is the time since the start where nothing better is known.
func worked() time.Duration { return time.Since(began) }
