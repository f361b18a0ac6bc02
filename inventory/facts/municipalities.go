package facts

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/samdrift/samdrift/inventory"
)

//go:embed municipalities.csv
var municipalitiesCSV string

// MunicipalitySource says where the facts on municipalities come from.
const MunicipalitySource = "Statistics Denmark FOLK1A, 1 January 2026; seat coordinates and domains compiled November 2026; " +
	"IT users are an estimate: 450,000 shared out by population"

// Municipalities gives all 98, by code. The slice is the caller's own.
func Municipalities() []inventory.Municipality {
	return append([]inventory.Municipality(nil), municipalities()...)
}

// Municipality gives one by its three-digit code.
func Municipality(code string) (inventory.Municipality, bool) {
	for _, m := range municipalities() {
		if m.Code == code {
			return m, true
		}
	}
	return inventory.Municipality{}, false
}

var municipalities = sync.OnceValue(func() []inventory.Municipality {
	all, err := ParseMunicipalities(municipalitiesCSV)
	if err != nil {
		panic("embedded municipalities.csv: " + err.Error()) // a test reads it: this cannot reach a user
	}
	return all
})

var municipalityColumns = []string{
	"code", "name", "official_name", "region", "region_from_2027", "seat", "latitude", "longitude",
	"population", "population_date", "it_users_estimated", "peer_group", "domain",
}

// ParseMunicipalities reads the table. Faults name line and column.
func ParseMunicipalities(text string) ([]inventory.Municipality, error) {
	r := csv.NewReader(strings.NewReader(text))
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("municipalities: %w", err)
	}
	if strings.Join(header, ",") != strings.Join(municipalityColumns, ",") {
		return nil, fmt.Errorf("municipalities line 1: columns are %v, want %v", header, municipalityColumns)
	}
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("municipalities: %w", err)
	}
	var all []inventory.Municipality
	seen := map[string]bool{}
	for i, row := range rows {
		p := rowParser{line: i + 2, row: row}
		m := inventory.Municipality{
			Code: row[0], Name: row[1], OfficialName: row[2], Region: row[3], RegionFrom2027: row[4], Seat: row[5],
			Latitude: p.number(6), Longitude: p.number(7), Population: int(p.number(8)), PopulationDate: p.date(9),
			ITUsersEstimated: int(p.number(10)), PeerGroup: row[11], Domain: row[12], Source: MunicipalitySource,
		}
		if p.err != nil {
			return nil, p.err
		}
		if len(m.Code) != 3 || seen[m.Code] {
			return nil, fmt.Errorf("municipalities line %d: code %q is not a new three-digit code", p.line, m.Code)
		}
		seen[m.Code] = true
		all = append(all, m)
	}
	return all, nil
}

type rowParser struct {
	line int
	row  []string
	err  error
}

func (p *rowParser) number(column int) float64 {
	v, err := strconv.ParseFloat(p.row[column], 64)
	p.fail(column, err)
	return v
}

func (p *rowParser) date(column int) inventory.Date {
	d, err := inventory.ParseDate(p.row[column])
	p.fail(column, err)
	return d
}

func (p *rowParser) fail(column int, err error) {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("municipalities line %d column %s: %w", p.line, municipalityColumns[column], err)
	}
}
