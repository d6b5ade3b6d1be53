// SPDX-License-Identifier: MIT
// Goroutines as a peer: nanoseconds for each thing that a task does.
// usage: go_tasks NAME COUNT
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

func spawnJoin(count int) {
	var group sync.WaitGroup
	for i := 0; i < count; i++ {
		group.Add(1)
		go group.Done()
		group.Wait()
	}
}

func spawnJoinMany(count int) {
	const together = 1000
	var group sync.WaitGroup
	for i := 0; i < count; i += together {
		group.Add(together)
		for j := 0; j < together; j++ {
			go group.Done()
		}
		group.Wait()
	}
}

// One round trip is two yields: there and back.
func switchRoundTrip(count int) {
	var group sync.WaitGroup
	for i := 0; i < 2; i++ {
		group.Add(1)
		go func() {
			for n := 0; n < count; n++ {
				runtime.Gosched()
			}
			group.Done()
		}()
	}
	group.Wait()
}

func main() {
	works := map[string]func(int){
		"spawn_join": spawnJoin, "spawn_join_1000": spawnJoinMany,
		"switch": switchRoundTrip,
	}
	count, _ := strconv.Atoi(os.Args[2])
	work := works[os.Args[1]]
	work(count / 10)
	begin := time.Now()
	work(count)
	fmt.Printf("{\"count\": %d, \"ns\": %.3f}\n", count,
		float64(time.Since(begin).Nanoseconds())/float64(count))
}
