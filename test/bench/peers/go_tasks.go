// SPDX-License-Identifier: MIT
// Goroutines as a peer: nanoseconds of processor time for each
// thing that a task does.
// usage: go_tasks NAME COUNT
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
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

// One round trip is two meetings: a value goes there and comes back.
func channelRoundTrip(count int) {
	there, back := make(chan int), make(chan int)
	go func() {
		for i := 0; i < count; i++ {
			back <- <-there
		}
	}()
	for i := 0; i < count; i++ {
		there <- i
		if <-back != i {
			panic("another ball came back")
		}
	}
}

func lockFree(count int) {
	var mutex sync.Mutex
	for i := 0; i < count; i++ {
		mutex.Lock()
		mutex.Unlock()
	}
}

func lockContended(count int) {
	const contenders = 8
	var mutex sync.Mutex
	var group sync.WaitGroup
	for i := 0; i < contenders; i++ {
		group.Add(1)
		go func() {
			for n := 0; n < count/contenders; n++ {
				mutex.Lock()
				runtime.Gosched()
				mutex.Unlock()
			}
			group.Done()
		}()
	}
	group.Wait()
}

var spreadState uint32 = 1

// Up to a millisecond, in no order.
func spread() time.Duration {
	spreadState = spreadState*1664525 + 1013904223
	return time.Duration(spreadState % 1000000)
}

// All are armed at once, then stopped in the order they were armed.
func timersCancelled(count int) {
	armed := make([]*time.Timer, count)
	for i := range armed {
		armed[i] = time.AfterFunc(time.Hour+spread(), func() {})
	}
	for _, timer := range armed {
		if !timer.Stop() {
			panic("it had fired")
		}
	}
}

func timersFiring(count int) {
	left := int64(count)
	soon := time.Now().Add(time.Millisecond)
	for i := 0; i < count; i++ {
		time.AfterFunc(time.Until(soon)+spread(), func() {
			atomic.AddInt64(&left, -1)
		})
	}
	for atomic.LoadInt64(&left) > 0 {
		runtime.Gosched()
	}
}

// They sleep until the last of them has long begun to.
func gatherSleeping(count int) {
	var group sync.WaitGroup
	wake := time.Now().Add(time.Duration(count) * 5000)
	for i := 0; i < count; i++ {
		group.Add(1)
		go func() {
			time.Sleep(time.Until(wake))
			group.Done()
		}()
	}
	group.Wait()
}

func processorTime() int64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return used.Utime.Nano() + used.Stime.Nano()
}

func main() {
	works := map[string]func(int){
		"spawn_join": spawnJoin, "spawn_join_1000": spawnJoinMany,
		"switch": switchRoundTrip, "channel": channelRoundTrip,
		"lock": lockFree, "lock_contended": lockContended,
		"timers_cancelled": timersCancelled, "timers_firing": timersFiring,
		"gather_sleeping": gatherSleeping,
	}
	count, _ := strconv.Atoi(os.Args[2])
	work := works[os.Args[1]]
	work(count / 10)
	begin := processorTime()
	work(count)
	fmt.Printf("{\"count\": %d, \"ns\": %.3f}\n", count,
		float64(processorTime()-begin)/float64(count))
}
