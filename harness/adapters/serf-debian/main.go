// The agent of serf that a package of Debian brings, as a node of the contract: its log, turned into lines.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"contract"
)

const (
	// The ports that the agent has without being told.
	serfPort = 7946
	rpcPort  = 7373
	// An agent that was told to leave takes a second more than others need to hear of it.
	leaveWithin = 500 * time.Millisecond
)

func main() {
	flags := contract.ReadFlags()
	peerID, err := flags.PeerID()
	if err != nil {
		contract.Fail(err)
	}
	port := serfPort
	if flags.Port != 0 {
		port = flags.Port
	}
	book := contract.NewBook(peerID)
	agent, err := startAgent(flags.IP, port, peerID, book)
	if err != nil {
		contract.Fail(err)
	}
	ready := contract.Ready{Node: flags.Name, PeerID: peerID, Addrs: []string{contract.Addr(flags.IP, port)}}
	contract.Run(agent, book, ready, flags.Bootstrap)
}

type agent struct {
	path      string
	rpc       string
	process   *exec.Cmd
	ended     chan struct{}
	left      sync.Once
	isLeaving atomic.Bool
}

// Returns when the agent runs.
func startAgent(ip string, port int, peerID string, book *contract.Book) (*agent, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	started := &agent{
		path:  filepath.Join(filepath.Dir(self), "usr/bin/serf"),
		rpc:   ip + ":" + strconv.Itoa(rpcPort),
		ended: make(chan struct{}),
	}
	bind := ip + ":" + strconv.Itoa(port)
	started.process = exec.Command(started.path, "agent", "-node="+peerID, "-bind="+bind, "-rpc-addr="+started.rpc)
	started.process.Stderr = os.Stderr
	log, err := started.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := started.process.Start(); err != nil {
		return nil, err
	}
	runs := make(chan struct{})
	go started.follow(log, book, port, runs)
	<-runs
	return started, nil
}

// Reads the log of the agent to its end, and passes it on to stderr. An agent that ends by itself ends the node.
func (agent *agent) follow(log io.Reader, book *contract.Book, port int, runs chan<- struct{}) {
	lines := bufio.NewScanner(log)
	isRunning := false
	for lines.Scan() {
		line := lines.Text()
		fmt.Fprintln(os.Stderr, line)
		if !isRunning && saysThatItRuns(line) {
			isRunning = true
			close(runs)
		}
		if change, isChange := changeIn(line); isChange {
			change.note(book, port)
		}
	}
	agent.process.Wait()
	if !agent.isLeaving.Load() {
		contract.Fail(fmt.Errorf("the agent of serf ended: %v", agent.process.ProcessState))
	}
	close(agent.ended)
}

func (agent *agent) Dial(addrs []string) error {
	join := append([]string{"join", "-rpc-addr=" + agent.rpc}, contract.HostPorts(addrs)...)
	said, err := exec.Command(agent.path, join...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

// SIGINT makes an agent leave, and end.
func (agent *agent) Leave() {
	agent.left.Do(func() {
		agent.isLeaving.Store(true)
		agent.process.Process.Signal(syscall.SIGINT)
	})
}

func (agent *agent) Stop() {
	agent.Leave()
	select {
	case <-agent.ended:
	case <-time.After(leaveWithin):
		agent.process.Process.Kill()
	}
}
