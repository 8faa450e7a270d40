// memberlist by HashiCorp as a node of the contract.
package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"contract"

	"github.com/hashicorp/memberlist"
)

const leaveWithin = 500 * time.Millisecond

func main() {
	flags := contract.ReadFlags()
	peerID, err := flags.PeerID()
	if err != nil {
		contract.Fail(err)
	}
	book := contract.NewBook(peerID)
	list, err := create(flags, peerID, book)
	if err != nil {
		contract.Fail(err)
	}
	self := list.LocalNode()
	ready := contract.Ready{Node: flags.Name, PeerID: peerID, Addrs: []string{addrOf(self)}}
	contract.Run(&system{list: list}, book, ready, flags.Bootstrap)
}

func create(flags contract.Flags, peerID string, book *contract.Book) (*memberlist.Memberlist, error) {
	config := memberlist.DefaultLANConfig()
	config.Name = peerID
	config.BindAddr = flags.IP
	if flags.Port != 0 {
		config.BindPort = flags.Port
		config.AdvertisePort = flags.Port
	}
	config.Events = &events{book}
	config.LogOutput = os.Stderr
	list, err := memberlist.Create(config)
	if err == nil || flags.Port != 0 {
		return list, err
	}
	// Its usual port is taken: nodes share an address, as on hosts that have one loopback address only.
	config.BindPort = 0
	return memberlist.Create(config)
}

type system struct {
	list *memberlist.Memberlist
	left sync.Once
}

func (system *system) Dial(addrs []string) error {
	_, err := system.list.Join(contract.HostPorts(addrs))
	return err
}

func (system *system) Leave() {
	system.left.Do(func() {
		if err := system.list.Leave(leaveWithin); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		system.list.Shutdown()
	})
}

func (system *system) Stop() { system.Leave() }

// events are told one after the other, in the order of the changes.
type events struct {
	book *contract.Book
}

func (events *events) NotifyJoin(node *memberlist.Node) { events.book.Put(node.Name, addrOf(node)) }

func (events *events) NotifyUpdate(node *memberlist.Node) { events.book.Put(node.Name, addrOf(node)) }

// NotifyLeave is told of those that left and of those that failed alike: memberlist fills in no State in what it hands over.
func (events *events) NotifyLeave(node *memberlist.Node) {
	events.book.Remove(node.Name, contract.Expired)
}

func addrOf(node *memberlist.Node) string {
	return contract.Addr(node.Addr.String(), int(node.Port))
}
