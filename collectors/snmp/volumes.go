package snmp

import (
	"strings"

	"github.com/gosnmp/gosnmp"
)

// volumeTable is where volumes are told. Columns are full OIDs; an empty one is not told. Sizes are in
// units, which a column may tell.
type volumeTable struct {
	makers    []uint32 // only on devices of these; empty: on all
	own       func(*session, *look) *grid
	otherwise bool // only where the tables before it told none
	instead   bool // the tables after it tell the same

	name              string
	called            string // what the one volume is called, where no column names it
	size, sizeHigh    string // High: the upper 32 bits
	used, usedHigh    string
	free              string // where used is not told
	narrowSize        string // where size is not told
	narrowUsed        string
	units             int64
	unitsColumn       string
	deviceBeforeMount bool // names are "device on mount point", and only real devices count
}

const (
	kib = 1 << 10
	mib = 1 << 20
)

// volumeTables in the order they are read.
var volumeTables = []volumeTable{
	{makers: []uint32{makerCompaq}, instead: true, deviceBeforeMount: true, units: mib, // cpqHoFileSysTable
		name: ".1.3.6.1.4.1.232.11.2.4.1.1.2", size: ".1.3.6.1.4.1.232.11.2.4.1.1.3", used: ".1.3.6.1.4.1.232.11.2.4.1.1.4"},
	{makers: []uint32{makerNetApp}, instead: true, units: kib, // dfTable with 64 bits
		name: ".1.3.6.1.4.1.789.1.5.4.1.2", size: ".1.3.6.1.4.1.789.1.5.4.1.29", used: ".1.3.6.1.4.1.789.1.5.4.1.30"},
	{makers: []uint32{makerNetApp}, instead: true, units: kib, // and with two halves
		name: ".1.3.6.1.4.1.789.1.5.4.1.2", size: ".1.3.6.1.4.1.789.1.5.4.1.15", sizeHigh: ".1.3.6.1.4.1.789.1.5.4.1.14",
		used: ".1.3.6.1.4.1.789.1.5.4.1.17", usedHigh: ".1.3.6.1.4.1.789.1.5.4.1.16"},
	{makers: []uint32{makerIBM}, instead: true, units: mib, // aixFsTable
		name: ".1.3.6.1.4.1.2.6.191.6.2.1.3", size: ".1.3.6.1.4.1.2.6.191.6.2.1.5", free: ".1.3.6.1.4.1.2.6.191.6.2.1.6"},
	{own: hostVolumes},
	{makers: []uint32{makerIXSystems}, unitsColumn: ".1.3.6.1.4.1.50536.1.1.1.1.3", // zpoolTable
		name: ".1.3.6.1.4.1.50536.1.1.1.1.2", size: ".1.3.6.1.4.1.50536.1.1.1.1.4", used: ".1.3.6.1.4.1.50536.1.1.1.1.5"},
	{makers: []uint32{makerIXSystems}, unitsColumn: ".1.3.6.1.4.1.50536.1.2.1.1.3", // datasetTable
		name: ".1.3.6.1.4.1.50536.1.2.1.1.2", size: ".1.3.6.1.4.1.50536.1.2.1.1.4", used: ".1.3.6.1.4.1.50536.1.2.1.1.5"},
	{makers: []uint32{makerIsilon}, called: "/ifs", units: 1, // ifsFilesystem
		size: ".1.3.6.1.4.1.12124.1.3.1", used: ".1.3.6.1.4.1.12124.1.3.2"},
	{makers: []uint32{makerCisco}, otherwise: true, own: flashVolumes},
	{makers: []uint32{makerHuawei}, otherwise: true, units: kib, // hwFlhPartitionTable
		name: ".1.3.6.1.4.1.2011.6.9.1.4.2.1.5", size: ".1.3.6.1.4.1.2011.6.9.1.4.2.1.3", free: ".1.3.6.1.4.1.2011.6.9.1.4.2.1.4"},
	{makers: []uint32{makerStonesoft}, otherwise: true, units: kib, // its mount points
		name: ".1.3.6.1.4.1.1369.5.2.1.11.3.1.3", size: ".1.3.6.1.4.1.1369.5.2.1.11.3.1.4", used: ".1.3.6.1.4.1.1369.5.2.1.11.3.1.5"},
	{makers: []uint32{makerCheckPoint}, otherwise: true, units: 1, // multiDiskTable
		name: ".1.3.6.1.4.1.2620.1.6.7.6.1.2", size: ".1.3.6.1.4.1.2620.1.6.7.6.1.3", used: ".1.3.6.1.4.1.2620.1.6.7.6.1.4"},
	{makers: []uint32{makerNimble}, otherwise: true, units: mib, // volTable
		name: ".1.3.6.1.4.1.37447.1.2.1.3", size: ".1.3.6.1.4.1.37447.1.2.1.4", sizeHigh: ".1.3.6.1.4.1.37447.1.2.1.5",
		used: ".1.3.6.1.4.1.37447.1.2.1.6", usedHigh: ".1.3.6.1.4.1.37447.1.2.1.7"},
	{otherwise: true, units: kib, // dskTable; older agents have only the narrow columns
		name: ".1.3.6.1.4.1.2021.9.1.2", size: ".1.3.6.1.4.1.2021.9.1.11", sizeHigh: ".1.3.6.1.4.1.2021.9.1.12",
		used: ".1.3.6.1.4.1.2021.9.1.15", usedHigh: ".1.3.6.1.4.1.2021.9.1.16",
		narrowSize: ".1.3.6.1.4.1.2021.9.1.6", narrowUsed: ".1.3.6.1.4.1.2021.9.1.8"},
}

// read adds the volumes of one table.
func (t volumeTable) read(s *session, l *look) *grid {
	if t.own != nil {
		return t.own(s, l)
	}
	var columns []string
	at := map[string]int{}
	for _, column := range []string{t.name, t.size, t.sizeHigh, t.used, t.usedHigh, t.free, t.narrowSize, t.narrowUsed, t.unitsColumn} {
		if column != "" {
			at[column], columns = len(columns), append(columns, column)
		}
	}
	g := s.walk(columns...)
	for _, index := range g.indexes() {
		cell := func(column string) gosnmp.SnmpPDU {
			if i, ok := at[column]; ok {
				return g.cells[i][index]
			}
			return gosnmp.SnmpPDU{}
		}
		units := t.units
		if n, ok := number(cell(t.unitsColumn)); ok {
			units = n
		}
		size, told := wide(cell(t.sizeHigh), cell(t.size), units)
		used, known := wide(cell(t.usedHigh), cell(t.used), units)
		if !told {
			size, _ = bytesOf(cell(t.narrowSize), units)
			used, known = bytesOf(cell(t.narrowUsed), units)
		}
		if free, ok := bytesOf(cell(t.free), units); ok {
			used, known = size-free, true
		}
		name := or(t.called, text(cell(t.name)))
		if t.deviceBeforeMount && !strings.HasPrefix(name, "/dev/") {
			continue
		}
		l.addVolume(name, size, used, known)
	}
	return g
}

// wide reads a count of 64 bits that may come in two halves.
func wide(high, low gosnmp.SnmpPDU, units int64) (int64, bool) {
	n, ok := bytesOf(low, units)
	if upper, told := number(high); ok && told && upper > 0 {
		more, fits := bytesOf(high, 1)
		if !fits || more > 1<<30 {
			return 0, false
		}
		return n + more<<32*units, true
	}
	return n, ok
}

// Columns of CISCO-FLASH-MIB. Partitions are indexed by device and partition; the wide columns are for
// those that 32 bits cannot count.
const (
	flashDeviceName = ".1.3.6.1.4.1.9.9.10.1.1.2.1.7"
	flashSize       = ".1.3.6.1.4.1.9.9.10.1.1.4.1.1.4"
	flashFree       = ".1.3.6.1.4.1.9.9.10.1.1.4.1.1.5"
	flashName       = ".1.3.6.1.4.1.9.9.10.1.1.4.1.1.10"
	flashWideSize   = ".1.3.6.1.4.1.9.9.10.1.1.4.1.1.13"
	flashWideFree   = ".1.3.6.1.4.1.9.9.10.1.1.4.1.1.14"
)

// flashVolumes reads the flash of Cisco's devices, named as their command line does.
func flashVolumes(s *session, l *look) *grid {
	g := s.walk(flashSize, flashFree, flashName, flashWideSize, flashWideFree)
	if len(g.indexes()) == 0 {
		return g
	}
	names := s.walk(flashDeviceName)
	for _, index := range g.indexes() {
		device, _, _ := strings.Cut(index, ".")
		name := or(names.text(0, device), g.text(2, index))
		if name == "" {
			continue
		}
		size, free := g.number(0, index), g.number(1, index)
		if wide, ok := number(g.cells[3][index]); ok && wide > 0 {
			size, free = wide, g.number(4, index)
		}
		l.addVolume(strings.TrimSuffix(name, ":")+":", size, size-free, true)
	}
	g.faults = append(g.faults, names.faults...)
	return g
}
