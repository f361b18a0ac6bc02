package hub

import (
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Role is what a person may do for an organisation.
type Role string

// The roles.
const (
	RoleMunicipality Role = "municipality" // IT chief: everything of the own municipality
	RoleCentre       Role = "centre"       // operator: what the centre's agreements cover
	RoleSteering     Role = "steering"     // steering group: aggregates, dates and money
	RoleAdmin        Role = "admin"        // runs the installation
)

// Person is who asks. The zero Person may see nothing.
type Person struct {
	Name         string `json:"name"`
	Role         Role   `json:"role"`
	Organisation string `json:"organisation"` // municipality code, centre slug, or empty
}

// ErrForbidden says that the person's role does not reach what was asked for. It is also given for
// things that do not exist, where the difference would tell something.
var ErrForbidden = errors.New("not within your scope")

// ErrNotFound says that what was asked for does not exist.
var ErrNotFound = errors.New("not found")

// ErrNotReady says that nothing has been collected yet.
var ErrNotReady = errors.New("nothing has been collected yet: wait for the first collection, or run samdrift collect")

// scope is what a person may see of one snapshot, worked out once per question. Everything that
// leaves the hub passes through it; an unknown role sees nothing.
type scope struct {
	person  Person
	detail  map[string]bool // municipalities whose assets, systems and groups may be seen
	gap     map[string]bool // municipalities whose single gap answers may be seen
	members bool            // may see dates, money and state per municipality
}

// scopeOf works out what a person may see.
func scopeOf(p Person, s *inventory.Snapshot) scope {
	sc := scope{person: p, detail: map[string]bool{}, gap: map[string]bool{}}
	switch p.Role {
	case RoleAdmin:
		sc.members = true
		for _, m := range s.Municipalities {
			sc.detail[m.Code], sc.gap[m.Code] = true, true
		}
	case RoleMunicipality:
		if _, ok := s.Municipality(p.Organisation); ok {
			sc.members = true
			sc.detail[p.Organisation], sc.gap[p.Organisation] = true, true
		}
	case RoleCentre:
		centre, ok := s.Centre(p.Organisation)
		if !ok {
			break
		}
		sc.members = true
		sc.detail[centre.Host] = true
		for _, a := range s.Agreements {
			if a.Centre == centre.ID && a.Decided() {
				sc.detail[a.Customer] = true
			}
		}
	case RoleSteering:
		sc.members = true
	}
	return sc
}

// decides tells whether the person may decide for a municipality, on its assets and its answers: its own
// people and the admin may; a centre sees and may not.
func (p Person) decides(code string) bool {
	return p.Role == RoleAdmin || p.Role == RoleMunicipality && p.Organisation == code
}

// codes gives the municipalities whose detail is visible, sorted.
func (sc scope) codes() []string {
	codes := make([]string, 0, len(sc.detail))
	for code := range sc.detail {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

func (sc scope) forbidden(what string) error {
	return fmt.Errorf("%s as %s: %w", what, sc.person.Role, ErrForbidden)
}
