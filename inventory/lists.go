package inventory

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// list is a field of Asset that is a table. Its rows are matched by what lasts in them (a port's name,
// a volume's, a VLAN's number), never by an index that the device hands out anew when it restarts.
type list struct {
	reading bool // what changes with every look, as stations and sensors do: kept, but no history
	empty   func(*Asset) bool
	clear   func(*Asset)
	equal   func(a, b *Asset) bool
	write   func(a, seen *Asset, unite bool) // unite: keep rows that seen lacks
	share   func(seen, known *Asset)         // let seen use known's rows where they are the same
	rows    func(*Asset) []listRow           // for Diff
}

// listRow is a row as Diff compares it: what it is matched by, and its steady columns.
type listRow struct {
	key     string
	columns []column
}

type column struct{ name, text string }

// listOf makes a list of the field that get points to. key is what rows are matched by; of two rows
// with one key the second is matched as "key (2)". drop names columns that are no inventory.
func listOf[T any](get func(*Asset) *[]T, same func(x, y T) bool, key func(*Asset, T) string, drop ...string) *list {
	return &list{
		empty: func(a *Asset) bool { return len(*get(a)) == 0 },
		clear: func(a *Asset) { *get(a) = nil },
		equal: func(a, b *Asset) bool { return sameRows(*get(a), *get(b), same) },
		write: func(a, seen *Asset, unite bool) {
			if !unite {
				*get(a) = *get(seen)
				return
			}
			*get(a) = united(*get(a), *get(seen), func(x T) string { return key(a, x) }, func(x T) string { return key(seen, x) })
		},
		share: func(seen, known *Asset) {
			if x, y := get(seen), get(known); sameRows(*x, *y, same) {
				*x = *y
			} else if cap(*x) > len(*x) {
				*x = slices.Clone(*x) // what grew while it was decoded has room to spare
			}
		},
		rows: func(a *Asset) []listRow {
			var rows []listRow
			seen := map[string]int{}
			for _, x := range *get(a) {
				k := key(a, x)
				if seen[k]++; seen[k] > 1 {
					k = fmt.Sprintf("%s (%d)", k, seen[k])
				}
				rows = append(rows, listRow{k, columnsOf(a, x, drop)})
			}
			return rows
		},
	}
}

func sameRows[T any](x, y []T, same func(x, y T) bool) bool {
	return len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0] || slices.EqualFunc(x, y, same))
}

// united gives seen's rows with those of known that seen lacks.
func united[T any](known, seen []T, knownKey, seenKey func(T) string) []T {
	have := map[string]bool{}
	for _, x := range seen {
		have[seenKey(x)] = true
	}
	all := slices.Clone(seen)
	for _, x := range known {
		if !have[knownKey(x)] {
			all = append(all, x)
		}
	}
	return all
}

func equal[T comparable](x, y T) bool { return x == y }

// lists are Asset's tables by JSON name.
var lists = map[string]*list{
	"addresses": listOf(func(a *Asset) *[]Address { return &a.Addresses }, equal[Address],
		func(_ *Asset, x Address) string { return x.IP }),
	"interfaces": listOf(func(a *Asset) *[]Interface { return &a.Interfaces }, equal[Interface],
		func(_ *Asset, x Interface) string { return portName(&x) }, "index", "name"),
	"volumes": listOf(func(a *Asset) *[]Volume { return &a.Volumes }, equal[Volume],
		func(_ *Asset, x Volume) string { return x.Name }, "name", "used_bytes"),
	"components": listOf(func(a *Asset) *[]Component { return &a.Components }, equal[Component],
		func(_ *Asset, x Component) string { return componentName(&x) }, "index", "parent", "name"),
	"neighbours": listOf(func(a *Asset) *[]Neighbour { return &a.Neighbours }, equal[Neighbour],
		func(_ *Asset, x Neighbour) string { return strings.TrimSpace(x.LocalPort + " " + x.Protocol) }, "local_port", "protocol"),
	"vlans": listOf(func(a *Asset) *[]VLAN { return &a.VLANs }, equal[VLAN],
		func(_ *Asset, x VLAN) string { return strconv.Itoa(x.ID) }, "id"),
	"guests": listOf(func(a *Asset) *[]Guest { return &a.Guests }, equal[Guest],
		func(_ *Asset, x Guest) string { return x.Name }, "name"),
	"software": listOf(func(a *Asset) *[]Software { return &a.Software }, equal[Software],
		func(_ *Asset, x Software) string { return x.Name }, "name"),
	"listeners": listOf(func(a *Asset) *[]Listener { return &a.Listeners }, equal[Listener],
		func(_ *Asset, x Listener) string { return x.Protocol + "/" + strconv.Itoa(x.Port) }, "protocol", "port"),
	"stations": reading(listOf(func(a *Asset) *[]Station { return &a.Stations }, equal[Station],
		func(_ *Asset, x Station) string { return x.MAC + " " + strconv.Itoa(x.VLAN) })),
	"resolved": reading(listOf(func(a *Asset) *[]Resolved { return &a.Resolved }, equal[Resolved],
		func(_ *Asset, x Resolved) string { return x.IP })),
	"sensors": reading(listOf(func(a *Asset) *[]Sensor { return &a.Sensors }, equal[Sensor],
		func(_ *Asset, x Sensor) string { return x.OID })),
	"supplies": reading(listOf(func(a *Asset) *[]Supply { return &a.Supplies }, func(x, y Supply) bool {
		return x.Name == y.Name && (x.LevelPercent == y.LevelPercent ||
			x.LevelPercent != nil && y.LevelPercent != nil && *x.LevelPercent == *y.LevelPercent)
	}, func(_ *Asset, x Supply) string { return x.Name })),
}

func reading(l *list) *list {
	l.reading = true
	return l
}

// Share lets an observed asset use the memory of the one already known wherever they hold the same
// rows and texts. Most looks see what the last one saw: a collection round over a large estate then costs what
// differs, not a second estate. known may be nil.
func Share(seen, known *Asset) {
	if known == nil {
		known = &Asset{}
	}
	to, from := reflect.ValueOf(seen).Elem(), reflect.ValueOf(known).Elem()
	for _, f := range assetFields {
		if l := lists[f.name]; l != nil {
			l.share(seen, known)
		} else if x, y := to.FieldByIndex(f.index), from.FieldByIndex(f.index); x.Kind() == reflect.String && x.String() == y.String() {
			x.Set(y)
		}
	}
}

// portName gives what a port is called, which outlives its index.
func portName(x *Interface) string {
	for _, name := range []string{x.Name, x.Descr, x.MAC} {
		if name != "" {
			return name
		}
	}
	return "index " + strconv.Itoa(x.Index)
}

// componentName gives what a part is called by where it sits.
func componentName(x *Component) string {
	if x.Name != "" {
		return x.Name
	}
	return strings.TrimSpace(x.Class + " index " + strconv.Itoa(x.Index))
}

// columnsOf gives a row's columns as text, with references to ports by index turned into names.
func columnsOf(a *Asset, row any, drop []string) []column {
	data, err := json.Marshal(row)
	if err != nil {
		return []column{{"", fmt.Sprint(row)}}
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return []column{{"", string(data)}}
	}
	var columns []column
	for name, value := range fields {
		if slices.Contains(drop, name) {
			continue
		}
		text := string(value)
		if unquoted := ""; json.Unmarshal(value, &unquoted) == nil {
			text = unquoted
		}
		if name == "if_index" || name == "lag" {
			text = portAt(a, text)
		}
		if text != "" && text != "null" {
			columns = append(columns, column{name, text})
		}
	}
	slices.SortFunc(columns, func(x, y column) int { return strings.Compare(x.name, y.name) })
	return columns
}

// portAt names the port with an index, or gives the index where no port has it.
func portAt(a *Asset, index string) string {
	n, err := strconv.Atoi(index)
	if err != nil {
		return index
	}
	for i := range a.Interfaces {
		if a.Interfaces[i].Index == n {
			return portName(&a.Interfaces[i])
		}
	}
	return index
}

// diffRows tells what differs between two tables: rows that came or went, and columns that changed.
// part is the row's key, followed by the column's name.
func diffList(from, to []listRow, found func(part, from, to string)) {
	before := map[string][]column{}
	for _, r := range from {
		before[r.key] = r.columns
	}
	for _, r := range to {
		old, ok := before[r.key]
		if !ok {
			found(r.key, "", orPresent(columnsText(r.columns)))
			continue
		}
		delete(before, r.key)
		for _, c := range r.columns {
			if was := textOf(old, c.name); was != c.text {
				found(strings.TrimSpace(r.key+" "+c.name), was, c.text)
			}
		}
		for _, c := range old {
			if textOf(r.columns, c.name) == "" {
				found(strings.TrimSpace(r.key+" "+c.name), c.text, "")
			}
		}
	}
	for key, columns := range before {
		found(key, orPresent(columnsText(columns)), "")
	}
}

// orPresent stands for a row that has nothing but its key.
func orPresent(text string) string {
	if text == "" {
		return "present"
	}
	return text
}

func textOf(columns []column, name string) string {
	for _, c := range columns {
		if c.name == name {
			return c.text
		}
	}
	return ""
}

func columnsText(columns []column) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c.name + " " + c.text
	}
	return strings.Join(parts, ", ")
}
