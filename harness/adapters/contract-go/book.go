package contract

import (
	"encoding/json"
	"os"
	"sync"
)

// Entry is what a book holds of a peer.
type Entry struct {
	PeerID string   `json:"peerId"`
	Name   string   `json:"name"`
	Addrs  []string `json:"addrs"`
}

// Book tells every change by a line, so that the lines, replayed, give the book. It may be used by several goroutines.
type Book struct {
	mutex   sync.Mutex
	self    string
	entries map[string]Entry
}

// NewBook of the node with this peer id, which the book never lists.
func NewBook(self string) *Book {
	return &Book{self: self, entries: map[string]Entry{}}
}

// Put adds a peer, or changes its addresses.
func (book *Book) Put(peerID string, addr string) {
	book.mutex.Lock()
	defer book.mutex.Unlock()
	if peerID == book.self {
		return
	}
	entry := Entry{peerID, NameOf(peerID), []string{addr}}
	known, isKnown := book.entries[peerID]
	book.entries[peerID] = entry
	if !isKnown {
		writeLine(entryLine{"joined", entry})
	} else if known.Addrs[0] != addr {
		writeLine(entryLine{"updated", entry})
	}
}

// Why an entry goes.
type Why string

const (
	Left    Why = "left"
	Expired Why = "expired"
)

// Remove takes a peer out, if it is listed.
func (book *Book) Remove(peerID string, why Why) {
	book.mutex.Lock()
	defer book.mutex.Unlock()
	if _, isKnown := book.entries[peerID]; !isKnown {
		return
	}
	delete(book.entries, peerID)
	writeLine(goneLine{string(why), peerID})
}

func (book *Book) dump() {
	book.mutex.Lock()
	defer book.mutex.Unlock()
	entries := make([]Entry, 0, len(book.entries))
	for _, entry := range book.entries {
		entries = append(entries, entry)
	}
	writeLine(bookLine{"book", entries})
}

type entryLine struct {
	Type string `json:"type"`
	Entry
}

type goneLine struct {
	Type   string `json:"type"`
	PeerID string `json:"peerId"`
}

type bookLine struct {
	Type    string  `json:"type"`
	Entries []Entry `json:"entries"`
}

// One line in one write: lines of several goroutines never mix.
func writeLine(line any) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(append(text, '\n'))
}
