package snmp

import (
	"bytes"
	"context"
	"net"
)

// wire is a device's socket. It ends every wait when the context ends, which gosnmp looks at only
// between requests, and it notes the unauthenticated reports by which SNMPv3 devices tell what is
// wrong with the credentials: gosnmp drops those as not authentic.
type wire struct {
	net.Conn
	stop   func() bool
	report byte // number of the last usmStats counter reported, 0 for none
	bytes  int  // size of the last packet that came

	engineKnown bool // the device has told its SNMPv3 engine
}

// usmStats is the BER form of 1.3.6.1.6.3.15.1.1, under which RFC 3414 counts what it refuses.
var usmStats = []byte{0x2b, 6, 1, 6, 3, 15, 1, 1}

// The counters of RFC 3414 section 5.
const (
	usmUnsupportedLevel = 1
	usmUnknownUser      = 3
	usmUnknownEngine    = 4
	usmWrongDigest      = 5
	usmDecryptionError  = 6
)

func newWire(ctx context.Context, conn net.Conn) *wire {
	return &wire{Conn: conn, stop: context.AfterFunc(ctx, func() { _ = conn.Close() })}
}

// Close ends the conversation.
func (w *wire) Close() error {
	w.stop()
	return w.Conn.Close()
}

// Read reads one packet. Of the reports that tell the engine only the first counts: a second is the
// late answer to a request that was sent again, and gosnmp would take it for a forged answer to the
// next one.
func (w *wire) Read(p []byte) (int, error) {
	for {
		n, err := w.Conn.Read(p)
		w.bytes = n
		at := bytes.Index(p[:n], usmStats)
		if at < 0 || at+len(usmStats) >= n {
			return n, err
		}
		w.report = p[at+len(usmStats)]
		if err != nil || w.report != usmUnknownEngine || !w.engineKnown {
			w.engineKnown = w.engineKnown || w.report == usmUnknownEngine
			return n, err
		}
	}
}
