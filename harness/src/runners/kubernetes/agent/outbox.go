package main

import "sync"

const (
	// What a node has written and the harness does not have yet: half an hour of an ordinary node. One that has written more waits.
	maxKeptBytes = 2 << 20
	// Of that, on its way: a harness that reads a flooding node slowly is not sent all of it.
	windowBytes = 256 << 10
	// Of a frame beside its data.
	frameBytes = 128
)

// Outbox keeps frames until the harness has them, over as many connections as it takes.
type Outbox struct {
	mutex   sync.Mutex
	changed *sync.Cond
	// In the order of their numbers, without gaps.
	kept      []Frame
	keptBytes int
	lastSeq   uint64
	// How many of the kept ones are on their way, and their size.
	sent      int
	sentBytes int
	// Of the connection that may send; 0 between two of them.
	generation int
	closed     bool
}

func newOutbox() *Outbox {
	outbox := &Outbox{}
	outbox.changed = sync.NewCond(&outbox.mutex)
	return outbox
}

func sizeOf(frame Frame) int {
	return frameBytes + len(frame.Data)
}

// Waits while too much is kept, if the frame has data: then whoever writes it waits, too.
func (outbox *Outbox) add(frame Frame) {
	outbox.mutex.Lock()
	defer outbox.mutex.Unlock()
	for len(frame.Data) > 0 && outbox.keptBytes > maxKeptBytes {
		outbox.changed.Wait()
	}
	outbox.lastSeq++
	frame.Seq = outbox.lastSeq
	outbox.kept = append(outbox.kept, frame)
	outbox.keptBytes += sizeOf(frame)
	outbox.changed.Broadcast()
}

// The harness has everything up to this number.
func (outbox *Outbox) confirm(got uint64) {
	outbox.mutex.Lock()
	defer outbox.mutex.Unlock()
	for len(outbox.kept) > 0 && outbox.kept[0].Seq <= got {
		size := sizeOf(outbox.kept[0])
		outbox.keptBytes -= size
		if outbox.sent > 0 {
			outbox.sent--
			outbox.sentBytes -= size
		}
		outbox.kept[0] = Frame{}
		outbox.kept = outbox.kept[1:]
	}
	outbox.changed.Broadcast()
}

// A connection begins: what is not confirmed is sent over it, once more if need be.
func (outbox *Outbox) resume(generation int) {
	outbox.mutex.Lock()
	defer outbox.mutex.Unlock()
	outbox.generation = generation
	outbox.sent, outbox.sentBytes = 0, 0
	outbox.changed.Broadcast()
}

func (outbox *Outbox) isEmpty() bool {
	outbox.mutex.Lock()
	defer outbox.mutex.Unlock()
	return len(outbox.kept) == 0
}

// Waits for the next frame that may be sent; false as soon as this connection is no longer the one that sends.
func (outbox *Outbox) next(generation int) (Frame, bool) {
	outbox.mutex.Lock()
	defer outbox.mutex.Unlock()
	for outbox.generation == generation {
		if outbox.sent < len(outbox.kept) && outbox.sentBytes <= windowBytes {
			frame := outbox.kept[outbox.sent]
			outbox.sent++
			outbox.sentBytes += sizeOf(frame)
			return frame, true
		}
		outbox.changed.Wait()
	}
	return Frame{}, false
}
