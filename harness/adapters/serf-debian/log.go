package main

import (
	"regexp"
	"strings"

	"contract"
)

// A change of membership, as a line of the agent's log tells it.
type change struct {
	what   string // Join, Leave, Failed or Reap
	peerID string
	ip     string
}

var changePattern = regexp.MustCompile(`\bserf: EventMember(Join|Leave|Failed|Reap): (\S+) (\S+)\s*$`)

func changeIn(line string) (change, bool) {
	parts := changePattern.FindStringSubmatch(line)
	if parts == nil {
		return change{}, false
	}
	return change{parts[1], parts[2], parts[3]}, true
}

func saysThatItRuns(line string) bool {
	return strings.HasPrefix(line, "==> Serf agent running!")
}

// The log has no ports: all agents of a network have the same one.
func (change change) note(book *contract.Book, port int) {
	switch change.what {
	case "Join":
		book.Put(change.peerID, contract.Addr(change.ip, port))
	case "Leave":
		book.Remove(change.peerID, contract.Left)
	case "Failed", "Reap":
		book.Remove(change.peerID, contract.Expired)
	}
}
