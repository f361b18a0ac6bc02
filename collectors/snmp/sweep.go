package snmp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// sweeper sends small requests to many addresses from one socket at an even pace, and reads whatever
// comes back. One socket for all costs no memory for each address and no port of each firewall.
type sweeper struct {
	conn  *net.UDPConn
	pace  *pacer
	take  func(from netip.AddrPort, packet []byte) // called for each packet, by one goroutine
	ended chan struct{}
}

// receiveBuffer holds the answers that come while the reader is busy; the system may allow less.
const receiveBuffer = 4 << 20

// newSweeper opens the socket and begins to read. take is called until close.
func newSweeper(rate int, take func(netip.AddrPort, []byte)) (*sweeper, error) {
	conn, err := net.ListenUDP("udp", nil)
	if err != nil {
		return nil, fmt.Errorf("open a socket for discovery: %w", err)
	}
	_ = conn.SetReadBuffer(receiveBuffer) // smaller is only slower
	s := &sweeper{conn: conn, pace: newPacer(rate), take: take, ended: make(chan struct{})}
	go s.read()
	return s, nil
}

func (s *sweeper) read() {
	defer close(s.ended)
	buffer := make([]byte, 65536)
	for {
		n, from, err := s.conn.ReadFromUDPAddrPort(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			s.take(netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), buffer[:n])
		}
	}
}

// close ends the reading.
func (s *sweeper) close() {
	_ = s.conn.Close()
	<-s.ended
}

// send sends one packet when it is its turn. An address that cannot be reached from here is no error;
// only a socket that does not work at all is.
func (s *sweeper) send(ctx context.Context, packet []byte, to netip.AddrPort) error {
	for {
		if err := s.pace.wait(ctx, 1); err != nil {
			return err
		}
		_, err := s.conn.WriteToUDPAddrPort(packet, to)
		switch {
		case err == nil, errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH),
			errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EINVAL):
			return nil
		case errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.EAGAIN):
			continue // the network card is behind
		}
		return fmt.Errorf("send to %v: %w", to, err)
	}
}

// pacer spreads packets evenly. It is safe for concurrent use.
type pacer struct {
	each time.Duration // between two packets

	mu   sync.Mutex
	next time.Time // when the next packet may go
}

// smallestWait is the least worth sleeping for: packets that would go sooner go at once. What is late by
// more than mostBehind is not caught up with.
const (
	smallestWait = time.Millisecond
	mostBehind   = 20 * time.Millisecond
)

func newPacer(rate int) *pacer { return &pacer{each: time.Second / time.Duration(rate)} }

// wait waits until so many packets may be sent. It does not make up for time that passed unused.
func (p *pacer) wait(ctx context.Context, packets int) error {
	p.mu.Lock()
	now := time.Now()
	if p.next.Before(now.Add(-mostBehind)) {
		p.next = now
	}
	due := p.next
	p.next = p.next.Add(time.Duration(packets) * p.each)
	p.mu.Unlock()
	if ahead := due.Sub(now); ahead >= smallestWait {
		return sleep(ctx, ahead)
	}
	return ctx.Err()
}

// sleep waits, or returns early with ctx's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
