// serf by HashiCorp, its current library, as a node of the contract.
package main

import (
	"fmt"
	"net"
	"os"
	"sync"

	"contract"

	"github.com/hashicorp/serf/serf"
)

// Far more changes than there are members: serf waits for whoever reads them.
const eventBuffer = 1024

func main() {
	flags := contract.ReadFlags()
	peerID, err := flags.PeerID()
	if err != nil {
		contract.Fail(err)
	}
	events := make(chan serf.Event, eventBuffer)
	agent, err := create(flags, peerID, events)
	if err != nil {
		contract.Fail(err)
	}
	book := contract.NewBook(peerID)
	go follow(events, book)
	self := agent.LocalMember()
	ready := contract.Ready{Node: flags.Name, PeerID: peerID, Addrs: []string{addrOf(self)}}
	contract.Run(&system{agent: agent}, book, ready, flags.Bootstrap)
}

func create(flags contract.Flags, peerID string, events chan<- serf.Event) (*serf.Serf, error) {
	config := serf.DefaultConfig()
	config.NodeName = peerID
	config.EventCh = events
	config.MemberlistConfig.BindAddr = flags.IP
	if flags.Port != 0 {
		config.MemberlistConfig.BindPort = flags.Port
		config.MemberlistConfig.AdvertisePort = flags.Port
	} else if isTaken(flags.IP, config.MemberlistConfig.BindPort) {
		// Nodes share an address, as on hosts that have one loopback address only.
		config.MemberlistConfig.BindPort = 0
	}
	return serf.Create(config)
}

func isTaken(ip string, port int) bool {
	listener, err := net.Listen("tcp", net.JoinHostPort(ip, fmt.Sprint(port)))
	if err != nil {
		return true
	}
	listener.Close()
	return false
}

// Tells of each change of membership, in the order of the changes.
func follow(events <-chan serf.Event, book *contract.Book) {
	for event := range events {
		changed, isOfMembers := event.(serf.MemberEvent)
		if !isOfMembers {
			continue
		}
		for _, member := range changed.Members {
			switch changed.Type {
			case serf.EventMemberJoin, serf.EventMemberUpdate:
				book.Put(member.Name, addrOf(member))
			case serf.EventMemberLeave:
				book.Remove(member.Name, contract.Left)
			case serf.EventMemberFailed, serf.EventMemberReap:
				book.Remove(member.Name, contract.Expired)
			}
		}
	}
}

type system struct {
	agent *serf.Serf
	left  sync.Once
}

func (system *system) Dial(addrs []string) error {
	_, err := system.agent.Join(contract.HostPorts(addrs), true)
	return err
}

func (system *system) Leave() {
	system.left.Do(func() {
		if err := system.agent.Leave(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		system.agent.Shutdown()
	})
}

func (system *system) Stop() { system.Leave() }

func addrOf(member serf.Member) string {
	return contract.Addr(member.Addr.String(), int(member.Port))
}
