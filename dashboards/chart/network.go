package chart

import (
	"cmp"
	"html/template"
	"iter"
	"slices"
)

// NetworkNode is a device on a network map.
type NetworkNode struct {
	ID    string
	Label string
	Words string // tooltip: kind, status
	Class string // kind; leaves of one kind are folded where they are many
	Href  string
	Core  int // the higher, the more others hang below it: routers, firewalls, switches
	Bad   bool
}

// NetworkLink joins two nodes by their ids. Links to nodes that are not there are left out.
type NetworkLink struct {
	A, B  string
	Words string // tooltip: ports, protocols
}

// NetworkOptions are the frame of the map.
type NetworkOptions struct {
	Title string
	// Fold names a number of folded leaves of one class, such as "12 servers".
	Fold func(class string, n int) string
}

const (
	networkColumn = 210.0
	networkBox    = 170.0
	networkRow    = 26.0
	networkCore   = 2 // from here on a device is the network's own, and always drawn
	networkFold   = 6 // leaves of one class below one node that are still drawn one by one
)

// Network draws devices as a tree from left to right: in each connected part the most central device
// is the root, further cables are drawn as arcs. Each device has a line of its own, so labels never
// run into each other however many there are.
func Network(nodes []NetworkNode, links []NetworkLink, o NetworkOptions) template.HTML {
	n := newNetwork(nodes, links, o)
	var d drawing
	rows, columns := 0.0, 1
	for root := range n.roots() {
		tree := n.grow(root)
		rows = n.place(tree, 0, rows)
		columns = max(columns, n.depth(tree))
	}
	for i, l := range links {
		a, b := n.at[l.A], n.at[l.B]
		switch {
		case a == nil || b == nil:
		case n.tree[i]:
			if b.depth < a.depth {
				a, b = b, a
			}
			d.add(`<path class="cable" d="M%v %vH%vV%vH%v"><title>%v</title></path>`, a.x()+networkBox, a.middle(), b.x()-14, b.middle(), b.x(), l.Words)
		default:
			x := max(a.x(), b.x()) + networkBox
			d.add(`<path class="cable more" d="M%v %vC%v %v %v %v %v %v"><title>%v</title></path>`,
				a.x()+networkBox, a.middle()+4, x+30, a.middle()+4, x+30, b.middle()+4, b.x()+networkBox, b.middle()+4, l.Words)
		}
	}
	for _, b := range n.drawn {
		n.box(&d, b)
	}
	width, height := networkColumn*float64(columns)+20, max(rows, 1)*networkRow+8
	var out drawing
	out.add(`<svg class="chart network" viewBox="0 0 %v %v" width="%v" height="%v" role="group" aria-label="%v">`, width, height, width, height, o.Title)
	return template.HTML(out.String() + d.String() + "</svg>") // add escaped every text
}

// box is a device, or folded leaves, with its place.
type box struct {
	node     NetworkNode
	children []*box
	depth    int
	row      float64
}

func (b *box) x() float64      { return float64(b.depth)*networkColumn + 4 }
func (b *box) middle() float64 { return b.row*networkRow + networkRow/2 + 4 }

type network struct {
	options NetworkOptions
	nodes   []NetworkNode
	byID    map[string]int
	around  map[string][]int // id → its links
	links   []NetworkLink
	met     map[string]bool // devices that are in a tree
	at      map[string]*box // those that are drawn
	tree    map[int]bool    // links that the tree runs along
	drawn   []*box
}

func newNetwork(nodes []NetworkNode, links []NetworkLink, o NetworkOptions) *network {
	n := &network{
		options: o, nodes: slices.Clone(nodes), links: links,
		byID: map[string]int{}, around: map[string][]int{}, met: map[string]bool{}, at: map[string]*box{}, tree: map[int]bool{},
	}
	for _, node := range nodes {
		n.around[node.ID] = nil
	}
	for i, l := range links {
		_, a := n.around[l.A]
		_, b := n.around[l.B]
		if a && b && l.A != l.B {
			n.around[l.A], n.around[l.B] = append(n.around[l.A], i), append(n.around[l.B], i)
		}
	}
	slices.SortStableFunc(n.nodes, func(a, b NetworkNode) int {
		return cmp.Or(cmp.Compare(b.Core, a.Core), cmp.Compare(len(n.around[b.ID]), len(n.around[a.ID])), cmp.Compare(a.Label, b.Label), cmp.Compare(a.ID, b.ID))
	})
	for i, node := range n.nodes {
		n.byID[node.ID] = i
	}
	return n
}

// roots gives the devices in the order in which trees start: the most central first.
func (n *network) roots() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, node := range n.nodes {
			if !n.met[node.ID] && !yield(i) {
				return
			}
		}
	}
}

// grow builds the tree of what a device reaches, breadth first.
func (n *network) grow(root int) *box {
	top := &box{node: n.nodes[root]}
	n.at[top.node.ID], n.met[top.node.ID] = top, true
	for queue := []*box{top}; len(queue) > 0; queue = queue[1:] {
		b := queue[0]
		for _, l := range n.around[b.node.ID] {
			id := n.far(l, b.node.ID)
			if n.met[id] {
				continue
			}
			child := &box{node: n.nodes[n.byID[id]], depth: b.depth + 1}
			n.at[id], n.met[id], n.tree[l] = child, true, true
			b.children = append(b.children, child)
			queue = append(queue, child)
		}
		slices.SortFunc(b.children, func(x, y *box) int { return n.byID[x.node.ID] - n.byID[y.node.ID] })
	}
	n.fold(top)
	return top
}

// fold puts many leaves of one class below one device into a single box.
func (n *network) fold(b *box) {
	leaves := map[string]int{}
	for _, c := range b.children {
		if n.leaf(c, b) {
			leaves[c.node.Class]++
		}
	}
	var kept []*box
	folded := map[string]bool{}
	for _, c := range b.children {
		class := c.node.Class
		if !n.leaf(c, b) || leaves[class] <= networkFold {
			n.fold(c)
			kept = append(kept, c)
			continue
		}
		delete(n.at, c.node.ID)
		if !folded[class] {
			folded[class] = true
			words := n.options.Fold(class, leaves[class])
			kept = append(kept, &box{node: NetworkNode{Label: words, Words: words, Class: "folded"}, depth: c.depth})
		}
	}
	b.children = kept
}

// leaf tells whether a device is none of the network's own and hangs on its parent alone, by however
// many cables.
func (n *network) leaf(b, parent *box) bool {
	return b.node.Core < networkCore && len(b.children) == 0 && !slices.ContainsFunc(n.around[b.node.ID], func(l int) bool { return n.far(l, b.node.ID) != parent.node.ID })
}

// far gives the other end of a link.
func (n *network) far(link int, id string) string {
	if n.links[link].A == id {
		return n.links[link].B
	}
	return n.links[link].A
}

// place gives each box its row and returns the next free one.
func (n *network) place(b *box, depth int, row float64) float64 {
	n.drawn = append(n.drawn, b)
	b.depth, b.row = depth, row
	for _, c := range b.children {
		row = n.place(c, depth+1, row)
	}
	return max(row, b.row+1)
}

func (n *network) depth(b *box) int {
	deepest := b.depth + 1
	for _, c := range b.children {
		deepest = max(deepest, n.depth(c))
	}
	return deepest
}

// box draws one device, and the line to its parent where no link does it.
func (n *network) box(d *drawing, b *box) {
	for _, c := range b.children {
		if c.node.Class == "folded" {
			d.add(`<path class="cable" d="M%v %vH%vV%vH%v"/>`, b.x()+networkBox, b.middle(), c.x()-14, c.middle(), c.x())
		}
	}
	class := "node"
	if b.node.Bad {
		class += " bad"
	}
	if b.node.Href != "" {
		d.add(`<a href="%v" aria-label="%v">`, b.node.Href, b.node.Label+", "+b.node.Words)
	}
	d.add(`<rect class="%v" x="%v" y="%v" width="%v" height="%v" rx="3"><title>%v</title></rect>`, class, b.x(), b.middle()-10, networkBox, 20.0, b.node.Words)
	d.add(`<text x="%v" y="%v">%v</text>`, b.x()+6, b.middle()+4, fitting(b.node.Label, networkBox-12, 12))
	if b.node.Href != "" {
		d.add(`</a>`)
	}
}

// fitting shortens a text to a width.
func fitting(text string, width, size float64) string {
	if textWidth(text, size) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && textWidth(string(runes)+"…", size) > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
