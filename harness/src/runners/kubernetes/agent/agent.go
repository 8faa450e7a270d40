package main

import (
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"time"
)

const (
	connectWithin = time.Second
	retryAfter    = 200 * time.Millisecond
	// After SIGTERM: to end the node, and to tell of it. Below the grace period of the pod.
	lastWordsWithin = 4 * time.Second
)

type agentOptions struct {
	collector  string
	hello      Frame
	terminated <-chan os.Signal
}

// Agent is what runs in the pod of a node, as its first process.
type Agent struct {
	outbox *Outbox
	node   *Node
	// The last command that was carried out.
	got   atomic.Uint64
	ended chan struct{}
}

// Returns when the harness has ended it, or the cluster has.
func runAgent(options agentOptions) error {
	if options.collector == "" || options.hello.Pod == "" {
		return fmt.Errorf("TESTBED_COLLECTOR and TESTBED_POD say where the collector is, and what this pod is called")
	}
	agent := &Agent{outbox: newOutbox(), ended: make(chan struct{}, 1)}
	agent.node = &Node{outbox: agent.outbox}
	go agent.keepConnected(options)
	select {
	case <-agent.ended:
		agent.node.kill()
		agent.lastWords(time.Second)
	case <-options.terminated:
		agent.outbox.add(Frame{Type: "terminated", AtMs: nowMs()})
		agent.node.terminate(lastWordsWithin - time.Second)
		agent.lastWords(time.Second)
	}
	return nil
}

// So that the harness hears how the node ended.
func (agent *Agent) lastWords(within time.Duration) {
	for until := time.Now().Add(within); time.Now().Before(until) && !agent.outbox.isEmpty(); {
		time.Sleep(20 * time.Millisecond)
	}
}

func (agent *Agent) keepConnected(options agentOptions) {
	for generation := 1; ; generation++ {
		conn, err := net.DialTimeout("tcp", options.collector, connectWithin)
		if err == nil {
			agent.serve(newLink(conn), options.hello, generation)
			conn.Close()
		}
		time.Sleep(retryAfter)
	}
}

func (agent *Agent) serve(link *Link, hello Frame, generation int) {
	hello.Got = agent.got.Load()
	defer agent.outbox.resume(0)
	if !link.write(hello) {
		return
	}
	isSending := false
	for {
		frame, ok := link.read(silenceLimit)
		if !ok {
			return
		}
		switch frame.Type {
		case "ping":
			link.write(Frame{Type: "pong", AskedAtMs: frame.AtMs, AtMs: nowMs(), WallMs: wallMs()})
		case "hello":
			agent.outbox.confirm(frame.Got)
			agent.outbox.resume(generation)
			// A harness that connects anew says hello again, and is sent everything again.
			if !isSending {
				isSending = true
				go agent.send(link, generation)
			}
		case "ack":
			agent.outbox.confirm(frame.Got)
		default:
			agent.obey(frame)
			link.write(Frame{Type: "ack", Got: agent.got.Load()})
		}
	}
}

func (agent *Agent) send(link *Link, generation int) {
	for {
		frame, ok := agent.outbox.next(generation)
		if !ok || !link.write(frame) {
			return
		}
	}
}

// A command that was carried out is not carried out again, and one that is ahead of its time comes again in order.
func (agent *Agent) obey(command Frame) {
	if command.Seq != agent.got.Load()+1 {
		return
	}
	switch command.Type {
	case "start":
		agent.node.start(command.Run, command.Argv)
	case "stdin":
		agent.node.write(command.Data)
	case "close-stdin":
		agent.node.closeStdin()
	case "signal":
		agent.node.signal(command.Signal)
	case "look":
		agent.outbox.add(Frame{Type: "looked", Id: command.Id, States: agent.node.states()})
	case "dial":
		go func() { agent.outbox.add(dialed(command)) }()
	case "end":
		select {
		case agent.ended <- struct{}{}:
		default:
		}
	}
	agent.got.Store(command.Seq)
}

// Whether somebody listens there, asked from this pod.
func dialed(command Frame) Frame {
	answer := Frame{Type: "dialed", Id: command.Id, Result: "connected"}
	conn, err := net.DialTimeout("tcp", command.Host, connectWithin*2)
	if err != nil {
		answer.Result, answer.Why = "refused", err.Error()
		return answer
	}
	conn.Close()
	return answer
}
