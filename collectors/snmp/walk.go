package snmp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// Limits of a walk. An answer that fits one Ethernet frame is never fragmented, and firewalls lose
// fragments; a table with more rows than mostRows is taken for an agent that never ends.
const (
	frameBytes   = 1472
	headerBytes  = 60
	mostRows     = 100_000
	mostShrinks  = 4  // how often a request that failed is tried again with a smaller answer
	getTogether  = 20 // single values asked for in one request
	uptimeOID    = ".1.3.6.1.2.1.1.3.0"
	shrinkFactor = 5
)

// walk reads columns of one table side by side, so that a small table costs a round trip or two.
// It never fails: whatever kept the grid from being whole is in its faults.
//
// gosnmp's own BulkWalk is not used: it takes tooBig and a jump out of the table for its end and
// drops the rest without a word.
func (s *session) walk(columns ...string) *grid {
	w := &walker{session: s, grid: newGrid(len(columns)), width: len(columns), shrinks: mostShrinks}
	for i, root := range columns {
		w.columns = append(w.columns, &column{number: i, root: root, at: root})
	}
	s.client.Retries = s.retries()
	for asked := w.next(); len(asked) > 0 && w.step(asked); {
		asked = w.next()
	}
	w.fillGaps()
	s.client.Retries = s.retries()
	return w.grid
}

// column is how far the walk has come in one column.
type column struct {
	number   int
	root, at string
	done     bool
}

type walker struct {
	*session
	grid    *grid
	columns []*column
	width   int // columns asked for together
	shrinks int // how often a failed request may still be tried smaller
}

// next gives the columns to ask for now.
func (w *walker) next() []*column {
	var open []*column
	width := min(w.width, w.most())
	for _, c := range w.columns {
		if !c.done && len(open) < width {
			open = append(open, c)
		}
	}
	return open
}

// step asks once and takes in the answer. It tells whether to go on.
func (w *walker) step(asked []*column) bool {
	oids := make([]string, len(asked))
	for i, c := range asked {
		oids[i] = c.at
	}
	rows := max(1, min(w.size, w.most())/len(asked))
	if w.client.Version == gosnmp.Version1 {
		rows = 1
	}
	packet, err := w.request(func() (*gosnmp.SnmpPacket, error) {
		if w.client.Version == gosnmp.Version1 {
			return w.client.GetNext(oids)
		}
		return w.client.GetBulk(oids, 0, uint32(rows))
	})
	if err != nil {
		return w.recover(err, len(asked), rows)
	}
	if packet.Error != gosnmp.NoError {
		return w.refusal(packet, asked, rows)
	}
	if len(packet.Variables) == 0 {
		w.grid.fault("the device answers with nothing")
		return false
	}
	for i, pdu := range packet.Variables {
		w.take(asked[i%len(asked)], pdu)
	}
	// Ask for as much as fits one frame, by the size of what came.
	each := max(1, w.wire.bytes/len(packet.Variables))
	w.size = max(1, (frameBytes-headerBytes)/each)
	return true
}

// take stores one varbind of a column, or ends the column.
func (w *walker) take(c *column, pdu gosnmp.SnmpPDU) {
	if c.done {
		return
	}
	index, inside := strings.CutPrefix(pdu.Name, c.root+".")
	switch {
	case pdu.Type == gosnmp.EndOfMibView, pdu.Type == gosnmp.NoSuchObject, pdu.Type == gosnmp.NoSuchInstance:
		c.done = true
	case compareOIDs(pdu.Name, c.at) <= 0:
		c.done = true
		w.grid.fault("the agent goes in circles: after %s it answers %s", strings.TrimPrefix(c.at, "."), strings.TrimPrefix(pdu.Name, "."))
	case !inside:
		c.done = true
	case len(w.grid.cells[c.number]) >= mostRows:
		c.done = true
		w.grid.fault("column %s has more than %d rows", strings.TrimPrefix(c.root, "."), mostRows)
	default:
		c.at = pdu.Name
		if present(pdu) {
			pdu.Name = "" // long, and told by column and row
			w.grid.cells[c.number][w.grid.row(index)] = pdu
		}
	}
}

// recover decides what to do when a request got no usable answer: a device that still answers small
// questions is asked for less at once, and with less patience; one that does not is left alone.
func (w *walker) recover(err error, asked, rows int) bool {
	if w.health.silent.Load() || w.shrinks == 0 || rows == 1 && asked == 1 {
		w.grid.fault("%v", err)
		return false
	}
	w.shrinks--
	w.client.Retries = min(1, w.retries())
	if rows > 1 {
		w.shrinkTo(max(1, rows*asked/shrinkFactor))
	} else {
		w.width = asked / 2
	}
	return true
}

// most is how many varbinds may be asked for in one request.
func (s *session) most() int { return int(s.health.limit.Load()) }

// shrinkTo makes all later answers of the device hold no more varbinds than this.
func (s *session) shrinkTo(varbinds int) {
	for limit := s.health.limit.Load(); int(limit) > varbinds && !s.health.limit.CompareAndSwap(limit, int32(varbinds)); {
		limit = s.health.limit.Load()
	}
}

// refusal handles an answer with an error status. It tells whether to go on.
func (w *walker) refusal(packet *gosnmp.SnmpPacket, asked []*column, rows int) bool {
	culprit := asked
	if at := int(packet.ErrorIndex) - 1; at >= 0 && at < len(asked) {
		culprit = asked[at : at+1]
	}
	switch packet.Error {
	case gosnmp.TooBig:
		switch {
		case rows > 1 && w.most() < rows*len(asked):
			return true // another session has learnt it meanwhile
		case rows > 1:
			w.shrinkTo(max(1, rows/2) * len(asked))
			return true
		case len(asked) > 1:
			w.shrinkTo(len(asked) / 2)
			return true
		}
		w.grid.fault("the device answers tooBig even to one value after %s", strings.TrimPrefix(asked[0].at, "."))
	case gosnmp.NoSuchName: // the end, in SNMPv1
	case gosnmp.NoAccess, gosnmp.AuthorizationError:
		w.grid.refused = true
		w.grid.fault("the device denies access (%v): widen the view of the community or user", packet.Error)
	default:
		w.grid.fault("the device answers %v after %s", packet.Error, strings.TrimPrefix(culprit[0].at, "."))
	}
	for _, c := range culprit {
		c.done = true
	}
	return true
}

// fillGaps asks one by one for values that the walk missed although the row is there: some agents
// jump out of a column before its end.
func (w *walker) fillGaps() {
	keys := w.grid.indexes()
	if len(keys) == 0 || w.health.silent.Load() {
		return
	}
	last := keys[len(keys)-1]
	var probes []string
	suspects := map[string]*column{}
	for _, c := range w.columns {
		cells := w.grid.cells[c.number]
		if _, ok := cells[last]; ok || len(cells) == 0 {
			continue
		}
		probe := c.root + "." + last
		suspects[probe] = c
		probes = append(probes, probe)
	}
	found, _ := w.get(probes...)
	for _, probe := range probes {
		if _, there := found[probe]; !there {
			continue
		}
		c := suspects[probe]
		w.grid.note = "the agent ends columns too early; the missing values were asked for one by one"
		var missing []string
		for _, index := range keys {
			if _, ok := w.grid.cells[c.number][index]; !ok {
				missing = append(missing, c.root+"."+index)
			}
		}
		for some := range slices.Chunk(missing, getTogether) {
			values, err := w.get(some...)
			for oid, pdu := range values {
				w.grid.cells[c.number][strings.TrimPrefix(oid, c.root+".")] = pdu
			}
			if err != nil {
				w.grid.fault("%v", err)
				return
			}
		}
	}
}

// grid is what a walk gave: cells by column and index.
type grid struct {
	cells   []map[string]gosnmp.SnmpPDU
	rows    map[string]string // the indexes that were met
	faults  []string
	note    string // something odd that lost nothing
	refused bool

	ordered []string // the rows' indexes in order, as of counted cells
	counted int
}

func newGrid(columns int) *grid {
	g := &grid{cells: make([]map[string]gosnmp.SnmpPDU, columns), rows: map[string]string{}}
	for i := range g.cells {
		g.cells[i] = map[string]gosnmp.SnmpPDU{}
	}
	return g
}

// row gives the one copy of a row's index that all columns share.
func (g *grid) row(index string) string {
	if known, ok := g.rows[index]; ok {
		return known
	}
	index = strings.Clone(index)
	g.rows[index] = index
	return index
}

func (g *grid) fault(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(g.faults, text) {
		g.faults = append(g.faults, text)
	}
}

// indexes gives the indexes of all rows in order. The walk must have ended.
func (g *grid) indexes() []string {
	cells := 0
	for _, column := range g.cells {
		cells += len(column)
	}
	if cells == g.counted {
		return g.ordered
	}
	widest := g.cells[0]
	for _, column := range g.cells {
		if len(column) > len(widest) {
			widest = column
		}
	}
	all := make([]string, 0, len(widest))
	for index := range widest {
		all = append(all, index)
	}
	for c, column := range g.cells {
		for index := range column {
			if _, listed := widest[index]; !listed && !slices.ContainsFunc(g.cells[:c], func(before map[string]gosnmp.SnmpPDU) bool { _, ok := before[index]; return ok }) {
				all = append(all, index)
			}
		}
	}
	slices.SortFunc(all, compareOIDs)
	g.ordered, g.counted = all, cells
	return all
}

// text, number and cell give one cell; a missing one is empty.
func (g *grid) text(column int, index string) string { return text(g.cells[column][index]) }

func (g *grid) number(column int, index string) int64 {
	n, _ := number(g.cells[column][index])
	return n
}

// status sums up how the walks behind one table ended.
func status(grids ...*grid) inventory.TableStatus {
	var t inventory.TableStatus
	var faults []string
	refused := false
	note := ""
	for _, g := range grids {
		t.Rows += len(g.indexes())
		faults = append(faults, g.faults...)
		refused = refused || g.refused
		note = or(note, g.note)
	}
	slices.Sort(faults)
	t.Reason = strings.Join(slices.Compact(faults), "; ")
	switch {
	case len(faults) > 0 && refused && t.Rows == 0:
		t.State = inventory.TableRefused
	case len(faults) > 0:
		t.State = inventory.TablePartial
	case t.Rows == 0:
		t.State = inventory.TableAbsent
	default:
		t.State, t.Reason = inventory.TableComplete, note
	}
	return t
}
