package platform

import (
	"context"
	"time"
)

// RoomTeller is a source that tells how much room it has for servers that come to it.
type RoomTeller interface {
	// ReadRoom changes nothing. What the source does not tell is left at its zero, and is not known.
	ReadRoom(ctx context.Context) (Room, error)
}

// Room is what a source has for servers that come to it.
type Room struct {
	Stores []Store
	Hosts  []Host
}

// Store is a datastore.
type Store struct {
	Datacenter  string
	Name        string
	Bytes, Free int64  // Bytes zero: not told
	Fault       string // why nothing can be put there now, in the platform's words; empty: nothing is known against it
}

// Host is what servers run on.
type Host struct {
	Datacenter string
	Cluster    string // that of a Location
	Name       string
	Cores      int    // zero: not told
	Memory     int64  // bytes; zero: not told
	Fault      string // why it runs no servers now, in the platform's words; empty: it does
	Licence    *Licence
}

// Licence is what allows a host to run servers. Its key is a secret and not here.
type Licence struct {
	Name        string
	Evaluation  bool
	Total, Used int       // of what it counts, processors or cores; Total zero: without a limit
	Until       time.Time // zero: it does not end, or, of an evaluation, its end was not told
}
