package main

import (
	"bufio"
	"encoding/json"
	"net"
	"sync"
	"time"
)

// Frame is one line of the side channel, as JSON; side-channel/frames.ts says which kinds there are, and what they mean.
type Frame struct {
	Type string `json:"type"`
	// Whose it is, between collector and harness.
	Pod string `json:"pod,omitempty"`

	// Of what must arrive, in each direction: its number from 1, and the last number that has arrived.
	Seq uint64 `json:"seq,omitempty"`
	Got uint64 `json:"got,omitempty"`

	Token   string `json:"token,omitempty"`
	Slot    string `json:"slot,omitempty"`
	Machine string `json:"machine,omitempty"`
	Address string `json:"address,omitempty"`

	Run    int      `json:"run,omitempty"`
	Argv   []string `json:"argv,omitempty"`
	Signal string   `json:"signal,omitempty"`
	Stream string   `json:"stream,omitempty"`
	Data   []byte   `json:"data,omitempty"`
	Pid    int      `json:"pid,omitempty"`
	Code   *int     `json:"code,omitempty"`
	Why    string   `json:"why,omitempty"`
	States string   `json:"states,omitempty"`

	Id     int    `json:"id,omitempty"`
	Host   string `json:"host,omitempty"`
	Result string `json:"result,omitempty"`

	// By the clock of who writes it: ms since that program began.
	AtMs float64 `json:"atMs,omitempty"`
	// By the clock of who asked.
	AskedAtMs float64 `json:"askedAtMs,omitempty"`
	// What the wall clock of the machine shows at AtMs, in ms since 1970.
	WallMs float64 `json:"wallMs,omitempty"`
	// How far a clock is ahead of the collector's, and how far that may be wrong.
	AheadMs  float64 `json:"aheadMs,omitempty"`
	WithinMs float64 `json:"withinMs,omitempty"`
}

const (
	// The harness writes no longer line: a node is told of some hundred addresses at most.
	maxFrameBytes = 1 << 20
	// A connection on which nothing moves for so long is given up. Pings come every half second.
	silenceLimit = 3 * time.Second
)

var began = time.Now()

func nowMs() float64 {
	return float64(time.Since(began).Microseconds()) / 1_000
}

func wallMs() float64 {
	return float64(time.Now().UnixMicro()) / 1_000
}

// Link is one connection of the side channel. Several goroutines may write, one may read.
type Link struct {
	conn    net.Conn
	scanner *bufio.Scanner
	mutex   sync.Mutex
}

func newLink(conn net.Conn) *Link {
	scanner := bufio.NewScanner(conn)
	scanner.Buffer(make([]byte, 4_096), maxFrameBytes)
	return &Link{conn: conn, scanner: scanner}
}

// False when the connection is over. What is no frame ends it.
func (link *Link) read(within time.Duration) (Frame, bool) {
	var frame Frame
	if within > 0 {
		link.conn.SetReadDeadline(time.Now().Add(within))
	}
	if !link.scanner.Scan() {
		return frame, false
	}
	return frame, json.Unmarshal(link.scanner.Bytes(), &frame) == nil
}

// A connection that does not take it is closed, which its reader sees.
func (link *Link) write(frame Frame) bool {
	line, err := json.Marshal(frame)
	if err != nil {
		return false
	}
	link.mutex.Lock()
	defer link.mutex.Unlock()
	link.conn.SetWriteDeadline(time.Now().Add(silenceLimit))
	if _, err := link.conn.Write(append(line, '\n')); err != nil {
		link.conn.Close()
		return false
	}
	return true
}
