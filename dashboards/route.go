// Package dashboards is the outermost room: what people and programs see. Its pages, API, reports
// and charts render what the hub's scoped queries return and never reach round them.
package dashboards

import "net/http"

// Access tells which persons a route serves at all. What they see of it is decided by the hub's
// scope, not here.
type Access string

// The accesses.
const (
	Public  Access = "public"  // nobody needs to be known: sign-in, static files, health
	Members Access = "members" // everyone with a role; answers are scoped
	Admin   Access = "admin"   // the installation's own matters
)

// Route is one page or endpoint. All routes stand in one list, and the scope tests are generated
// from it: a route that says nothing about Probe fails the build.
type Route struct {
	Pattern string // as http.ServeMux reads it: "GET /municipalities/{code}"
	Access  Access
	Handler http.Handler
	// Probe gives the path to ask for, so that a municipality's own data would be in the answer if
	// scope leaked; asset is the id of one of its assets. The scope test asks it as every role and
	// looks for anything of municipalities that the role may not see. A Public route may leave it nil.
	Probe func(municipality, asset string) string
	// Body gives what the scope test sends beside Probe to a route that takes something; nil: nothing.
	Body func(municipality, asset string) string
}
