// SPDX-License-Identifier: MIT
// COUNT goroutines asleep at once: seconds to start them, resident memory.
// usage: go_sleepers COUNT
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
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

func main() {
	count, _ := strconv.Atoi(os.Args[1])
	before := residentBytes()
	asleep := make(chan bool, count)
	begin := time.Now()
	for i := 0; i < count; i++ {
		go func() {
			asleep <- true
			time.Sleep(time.Hour)
		}()
	}
	for i := 0; i < count; i++ {
		<-asleep
	}
	fmt.Printf("{\"count\": %d, \"seconds\": %.6f, \"bytes\": %d}\n", count,
		time.Since(begin).Seconds(), residentBytes()-before)
}
