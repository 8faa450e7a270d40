package main

import (
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

const (
	pingEvery = 500 * time.Millisecond
	// Without a harness for so long the collector ends, and all that belongs to it is removed by the cluster.
	orphanedAfter = time.Minute
	// Until the harness comes for the first time.
	expectedWithin = 5 * time.Minute
)

// Collector carries frames between the agents of a run and its harness. It keeps none: agents and harness do.
type Collector struct {
	token   string
	mutex   sync.Mutex
	agents  map[string]*Link
	hellos  map[string]Frame
	harness *Link
	leftAt  time.Time
}

// Returns when there is no harness any more.
func collect(listen, token string) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	collector := &Collector{token: token, agents: map[string]*Link{}, hellos: map[string]Frame{}}
	collector.leftAt = time.Now().Add(expectedWithin - orphanedAfter)
	fmt.Println("listening at", listener.Addr())
	go collector.accept(listener)
	for range time.Tick(pingEvery) {
		if collector.isOrphaned() {
			return nil
		}
		collector.pingAgents()
	}
	return nil
}

func (collector *Collector) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "testbed-agent:", err)
			time.Sleep(retryAfter)
			continue
		}
		go collector.serve(newLink(conn))
	}
}

// Who is not of this run is told nothing.
func (collector *Collector) serve(link *Link) {
	defer link.conn.Close()
	hello, ok := link.read(silenceLimit)
	if !ok || hello.Type != "hello" || hello.Token != collector.token {
		return
	}
	hello.Token = ""
	if hello.Pod == "" {
		collector.serveHarness(link)
	} else {
		collector.serveAgent(link, hello)
	}
}

func (collector *Collector) serveAgent(link *Link, hello Frame) {
	pod := hello.Pod
	collector.mutex.Lock()
	if before := collector.agents[pod]; before != nil {
		before.conn.Close()
	}
	collector.agents[pod] = link
	collector.hellos[pod] = hello
	collector.mutex.Unlock()
	collector.tellHarness(hello)
	for {
		frame, ok := link.read(silenceLimit)
		if !ok {
			break
		}
		if frame.Type == "pong" {
			frame = clockOf(frame)
		}
		frame.Pod = pod
		collector.tellHarness(frame)
	}
	collector.mutex.Lock()
	isCurrent := collector.agents[pod] == link
	if isCurrent {
		delete(collector.agents, pod)
		delete(collector.hellos, pod)
	}
	collector.mutex.Unlock()
	if isCurrent {
		collector.tellHarness(Frame{Type: "lost", Pod: pod})
	}
}

// The agent answered at some moment between question and answer.
func clockOf(pong Frame) Frame {
	now := nowMs()
	return Frame{
		Type:     "clock",
		AheadMs:  pong.AtMs - (pong.AskedAtMs+now)/2,
		WithinMs: (now - pong.AskedAtMs) / 2,
		WallMs:   pong.WallMs - pong.AtMs,
	}
}

func (collector *Collector) serveHarness(link *Link) {
	collector.mutex.Lock()
	if collector.harness != nil {
		collector.harness.conn.Close()
	}
	collector.harness = link
	hellos := make([]Frame, 0, len(collector.hellos))
	for _, hello := range collector.hellos {
		hellos = append(hellos, hello)
	}
	collector.mutex.Unlock()
	for _, hello := range hellos {
		link.write(hello)
	}
	for {
		// A harness that is gone closes the connection, or says nothing any more.
		frame, ok := link.read(5 * silenceLimit)
		if !ok {
			break
		}
		switch frame.Type {
		case "ping":
			link.write(Frame{Type: "pong", AskedAtMs: frame.AtMs, AtMs: nowMs()})
		case "dial":
			go func() {
				// Of no pod: the answer needs no number, and the harness asks again if it is lost.
				link.write(dialed(frame))
			}()
		default:
			collector.tellAgent(frame)
		}
	}
	collector.mutex.Lock()
	if collector.harness == link {
		collector.harness, collector.leftAt = nil, time.Now()
	}
	collector.mutex.Unlock()
}

// What nobody takes is sent again: the harness asks each agent for it.
func (collector *Collector) tellHarness(frame Frame) {
	collector.mutex.Lock()
	harness := collector.harness
	collector.mutex.Unlock()
	if harness != nil {
		harness.write(frame)
	}
}

func (collector *Collector) tellAgent(frame Frame) {
	collector.mutex.Lock()
	link := collector.agents[frame.Pod]
	collector.mutex.Unlock()
	if link != nil {
		link.write(frame)
	}
}

// Each in its own time: one that is cut off must not keep the others waiting.
func (collector *Collector) pingAgents() {
	collector.mutex.Lock()
	defer collector.mutex.Unlock()
	for _, link := range collector.agents {
		go link.write(Frame{Type: "ping", AtMs: nowMs()})
	}
}

func (collector *Collector) isOrphaned() bool {
	collector.mutex.Lock()
	defer collector.mutex.Unlock()
	return collector.harness == nil && time.Since(collector.leftAt) > orphanedAfter
}
