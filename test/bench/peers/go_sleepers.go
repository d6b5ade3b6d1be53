// SPDX-License-Identifier: MIT
// COUNT goroutines asleep at once: processor time to start each, resident
// memory.
// usage: go_sleepers COUNT
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func residentBytes() int64 {
	file, _ := os.Open("/proc/self/status")
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); fields[0] == "VmRSS:" {
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			return kib * 1024
		}
	}
	return 0
}

func processorTime() int64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return used.Utime.Nano() + used.Stime.Nano()
}

func main() {
	count, _ := strconv.Atoi(os.Args[1])
	before := residentBytes()
	asleep := make(chan bool, count)
	begin := processorTime()
	for i := 0; i < count; i++ {
		go func() {
			asleep <- true
			time.Sleep(time.Hour)
		}()
	}
	for i := 0; i < count; i++ {
		<-asleep
	}
	fmt.Printf("{\"count\": %d, \"ns\": %.3f, \"bytes\": %d}\n", count,
		float64(processorTime()-begin)/float64(count), residentBytes()-before)
}
