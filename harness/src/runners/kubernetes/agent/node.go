package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	chunkBytes = 32 << 10
	// For reading what an ended node has left in its pipes.
	drainWithin = time.Second
	// Commands that a node has not read yet; one that reads none misses those after them.
	maxWaitingCommands = 256
)

var signals = map[string]syscall.Signal{
	"SIGTERM": syscall.SIGTERM, "SIGKILL": syscall.SIGKILL, "SIGSTOP": syscall.SIGSTOP, "SIGCONT": syscall.SIGCONT,
}

// Node is the program under test: one process after another, never two at a time.
type Node struct {
	outbox *Outbox
	mutex  sync.Mutex
	// 0 while none runs.
	pid   int
	stdin chan []byte
	over  chan struct{}
}

// The process before it must have ended; the harness sees to that.
func (node *Node) start(run int, argv []string) {
	node.mutex.Lock()
	defer node.mutex.Unlock()
	failed := func(why string) {
		node.outbox.add(Frame{Type: "failed", Run: run, Why: why, AtMs: nowMs()})
	}
	if node.pid != 0 || len(argv) == 0 {
		failed("a process of the node runs in this pod")
		return
	}
	command := exec.Command(argv[0], argv[1:]...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Env = nodeEnvironment()
	stdin, stdout, stderr, err := pipesOf(command)
	if err == nil {
		err = command.Start()
	}
	for _, end := range []any{command.Stdin, command.Stdout, command.Stderr} {
		if file, ok := end.(*os.File); ok {
			file.Close()
		}
	}
	if err != nil {
		failed(err.Error())
		return
	}
	node.pid = command.Process.Pid
	node.stdin = make(chan []byte, maxWaitingCommands)
	node.over = make(chan struct{})
	node.outbox.add(Frame{Type: "spawned", Run: run, Pid: node.pid, AtMs: nowMs()})
	go feed(stdin, node.stdin)
	go node.follow(command, run, stdout, stderr)
}

// Without what is only for this program.
func nodeEnvironment() []string {
	kept := []string{}
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "TESTBED_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// Our ends of its pipes. The program has the others itself, so that to wait for it is not to wait for what it started.
func pipesOf(command *exec.Cmd) (stdin, stdout, stderr *os.File, err error) {
	var in, out, failures *os.File
	if in, stdin, err = os.Pipe(); err != nil {
		return
	}
	if stdout, out, err = os.Pipe(); err != nil {
		return
	}
	if stderr, failures, err = os.Pipe(); err != nil {
		return
	}
	command.Stdin, command.Stdout, command.Stderr = in, out, failures
	return
}

func feed(stdin *os.File, texts <-chan []byte) {
	defer stdin.Close()
	for text := range texts {
		if _, err := stdin.Write(text); err != nil {
			// It closed its stdin, or has ended: what else it is told is of no use.
			for range texts {
			}
			return
		}
	}
}

func (node *Node) follow(command *exec.Cmd, run int, stdout, stderr *os.File) {
	var readers sync.WaitGroup
	readers.Add(2)
	read := func(stream string, from io.Reader) {
		defer readers.Done()
		chunk := make([]byte, chunkBytes)
		for {
			length, err := from.Read(chunk)
			if length > 0 {
				data := append([]byte(nil), chunk[:length]...)
				node.outbox.add(Frame{Type: "out", Run: run, Stream: stream, Data: data, AtMs: nowMs()})
			}
			if err != nil {
				return
			}
		}
	}
	go read("stdout", stdout)
	go read("stderr", stderr)
	command.Wait()
	exited := exitOf(command, run)
	killLeftovers(command.Process.Pid)
	done := make(chan struct{})
	go func() { readers.Wait(); close(done) }()
	// A node that the harness reads slowly has filled its pipes; nobody waits for what is left in them.
	select {
	case <-done:
	case <-time.After(drainWithin):
	}
	stdout.Close()
	stderr.Close()
	node.mutex.Lock()
	node.pid = 0
	node.closeStdinLocked()
	close(node.over)
	node.mutex.Unlock()
	node.outbox.add(exited)
}

func exitOf(command *exec.Cmd, run int) Frame {
	exited := Frame{Type: "exited", Run: run, AtMs: nowMs()}
	status, ok := command.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		exited.Signal = signalName(status.Signal())
	} else {
		code := command.ProcessState.ExitCode()
		exited.Code = &code
	}
	return exited
}

// What the node started ends with it. As the first process of its container the agent can end all others.
func killLeftovers(group int) {
	syscall.Kill(-group, syscall.SIGKILL)
	if os.Getpid() != 1 {
		return
	}
	syscall.Kill(-1, syscall.SIGKILL)
	for {
		if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
			return
		}
	}
}

func (node *Node) write(text []byte) {
	node.mutex.Lock()
	defer node.mutex.Unlock()
	if node.stdin == nil {
		return
	}
	select {
	case node.stdin <- text:
	default:
	}
}

func (node *Node) closeStdin() {
	node.mutex.Lock()
	defer node.mutex.Unlock()
	node.closeStdinLocked()
}

func (node *Node) closeStdinLocked() {
	if node.stdin != nil {
		close(node.stdin)
		node.stdin = nil
	}
}

// To the node and everything that it started. One that has ended is what was wanted.
func (node *Node) signal(name string) {
	node.mutex.Lock()
	defer node.mutex.Unlock()
	if number, ok := signals[name]; ok && node.pid != 0 {
		syscall.Kill(-node.pid, number)
	}
}

func (node *Node) kill() {
	node.signal("SIGKILL")
	node.awaitEnd(drainWithin * 2)
}

// As the cluster asks for it: the node may say farewell.
func (node *Node) terminate(within time.Duration) {
	node.signal("SIGCONT")
	node.signal("SIGTERM")
	if !node.awaitEnd(within) {
		node.kill()
	}
}

func (node *Node) awaitEnd(within time.Duration) bool {
	node.mutex.Lock()
	pid, over := node.pid, node.over
	node.mutex.Unlock()
	if pid == 0 {
		return true
	}
	select {
	case <-over:
		return true
	case <-time.After(within):
		return false
	}
}

// The state of each process of the node's group, as the letters of /proc: `T` is stopped.
func (node *Node) states() string {
	node.mutex.Lock()
	group := node.pid
	node.mutex.Unlock()
	states := ""
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || group == 0 {
			continue
		}
		// The name, in parentheses, may hold anything.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) > 2 && fields[2] == strconv.Itoa(group) {
			states += fields[0]
		}
	}
	return states
}

var signalNames = map[syscall.Signal]string{
	syscall.SIGABRT: "SIGABRT", syscall.SIGBUS: "SIGBUS", syscall.SIGFPE: "SIGFPE", syscall.SIGHUP: "SIGHUP", syscall.SIGILL: "SIGILL",
	syscall.SIGINT: "SIGINT", syscall.SIGKILL: "SIGKILL", syscall.SIGPIPE: "SIGPIPE", syscall.SIGQUIT: "SIGQUIT",
	syscall.SIGSEGV: "SIGSEGV", syscall.SIGTERM: "SIGTERM", syscall.SIGTRAP: "SIGTRAP", syscall.SIGXCPU: "SIGXCPU",
}

func signalName(number syscall.Signal) string {
	if name, ok := signalNames[number]; ok {
		return name
	}
	return "signal " + strconv.Itoa(int(number))
}
