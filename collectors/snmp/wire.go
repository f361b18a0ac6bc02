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
}

// usmStats is the BER form of 1.3.6.1.6.3.15.1.1, under which RFC 3414 counts what it refuses.
var usmStats = []byte{0x2b, 6, 1, 6, 3, 15, 1, 1}

// The counters of RFC 3414 section 5.
const (
	usmUnsupportedLevel = 1
	usmUnknownUser      = 3
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

// Read reads one packet.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.bytes = n
	if at := bytes.Index(p[:n], usmStats); at >= 0 && at+len(usmStats) < n {
		w.report = p[at+len(usmStats)]
	}
	return n, err
}
