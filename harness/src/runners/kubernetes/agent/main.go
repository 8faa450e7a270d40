// The program that the Kubernetes runner puts into its pods: it runs a node and keeps what the node writes until the harness has it
// (`run`), carries that to the harness (`collect`), and copies itself into the pods of other images (`install`).
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

const usage = "usage: testbed-agent run | collect | install FOLDER"

func main() {
	if err := act(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "testbed-agent:", err)
		os.Exit(1)
	}
}

func act(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "run":
		return runAgent(agentOptions{
			collector: os.Getenv("TESTBED_COLLECTOR"),
			hello: Frame{
				Type:    "hello",
				Token:   os.Getenv("TESTBED_TOKEN"),
				Pod:     os.Getenv("TESTBED_POD"),
				Slot:    os.Getenv("TESTBED_GROUP") + "-" + os.Getenv("JOB_COMPLETION_INDEX"),
				Machine: os.Getenv("TESTBED_MACHINE"),
				Address: os.Getenv("TESTBED_ADDRESS"),
			},
			terminated: onTerminate(),
		})
	case len(args) == 1 && args[0] == "collect":
		return collect(os.Getenv("TESTBED_LISTEN"), os.Getenv("TESTBED_TOKEN"))
	case len(args) == 2 && args[0] == "install":
		return install(args[1])
	}
	return fmt.Errorf(usage)
}

func onTerminate() <-chan os.Signal {
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	return terminated
}

// An init container of this image does it, for a container of another image in the same pod.
func install(folder string) error {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	return os.WriteFile(folder+"/testbed-agent", self, 0o755)
}
