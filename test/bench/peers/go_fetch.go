// SPDX-License-Identifier: MIT
// Go's client as a peer: fetches URL/0, URL/1, ... AT_ONCE at a time and reads
// each body whole. usage: go_fetch URL COUNT AT_ONCE
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	count, _ := strconv.ParseInt(os.Args[2], 10, 64)
	atOnce, _ := strconv.Atoi(os.Args[3])
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: atOnce, DisableCompression: true,
	}}
	var next, failed int64
	var workers sync.WaitGroup
	begin := time.Now()
	for i := 0; i < atOnce; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for {
				n := atomic.AddInt64(&next, 1) - 1
				if n >= count {
					return
				}
				answer, err := client.Get(os.Args[1] + "/" + strconv.FormatInt(n, 10))
				if err != nil {
					atomic.AddInt64(&failed, 1)
					continue
				}
				_, err = io.ReadAll(answer.Body)
				answer.Body.Close()
				if err != nil || answer.StatusCode != 200 {
					atomic.AddInt64(&failed, 1)
				}
			}
		}()
	}
	workers.Wait()
	fmt.Printf("{\"requests\": %d, \"seconds\": %.6f, \"errors\": %d}\n",
		count, time.Since(begin).Seconds(), failed)
}
