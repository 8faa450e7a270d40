// Package contract runs a system as a node of the contract: lines to stdout, commands from stdin (docs/CONTRACT.md).
package contract

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	// The harness sends SIGTERM 800 ms after stop.
	stopWithin = 600 * time.Millisecond
	// A first join that fails is tried again: these systems leave that to their users.
	joinAgainAfter = time.Second
)

// System is one that runs, and whose changes of membership go into a book.
type System interface {
	// Dial joins the network of the nodes at these addresses; an error if it reached none of them.
	Dial(addrs []string) error
	// Leave says farewell, and is silent from then on.
	Leave()
	// Stop ends it, with a farewell.
	Stop()
}

// Ready is what a node says of itself.
type Ready struct {
	Node   string
	PeerID string
	Addrs  []string
}

// Run says ready, joins the bootstrap nodes, and obeys until it is told to end; then it ends the process.
func Run(system System, book *Book, ready Ready, bootstrap []string) {
	writeLine(map[string]any{
		"type":   "ready",
		"v":      2,
		"node":   ready.Node,
		"peerId": ready.PeerID,
		"addrs":  ready.Addrs,
		"epoch":  time.Now().UnixMilli(),
		"fields": []string{"name", "addrs"},
		"can":    []string{"leave", "key"},
	})
	if len(bootstrap) > 0 {
		go join(system, bootstrap)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	commandsEnded := make(chan struct{})
	go func() {
		obey(system, book)
		close(commandsEnded)
	}()
	select {
	case <-signals:
	case <-commandsEnded:
	}
	stopped := make(chan struct{})
	go func() {
		system.Stop()
		close(stopped)
	}()
	select {
	case <-stopped:
	case <-time.After(stopWithin):
	}
	os.Exit(0)
}

func join(system System, bootstrap []string) {
	for !dial(system, bootstrap) {
		time.Sleep(joinAgainAfter)
	}
}

// That nobody listens there is no reason to end.
func dial(system System, addrs []string) bool {
	err := system.Dial(addrs)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return err == nil
}

type command struct {
	Type  string
	Addrs []string
}

// Returns when told to stop, or when stdin closes.
func obey(system System, book *Book) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var told command
		if err := json.Unmarshal(lines.Bytes(), &told); err != nil {
			fmt.Fprintln(os.Stderr, "ignored a command that is not JSON")
			continue
		}
		switch told.Type {
		case "dump":
			book.dump()
		case "dial":
			go dial(system, told.Addrs)
		case "leave":
			go system.Leave()
		case "stop":
			return
		}
	}
}

// Fail ends a node that cannot start.
func Fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
