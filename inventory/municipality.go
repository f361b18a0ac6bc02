package inventory

// Municipality is one of Denmark's 98 municipalities. Public facts only; its IT users are an
// estimate and are named so wherever they are shown.
type Municipality struct {
	Code             string  `json:"code"` // three digits, "461" is Odense
	Name             string  `json:"name"`
	OfficialName     string  `json:"official_name"`
	Region           string  `json:"region"`
	RegionFrom2027   string  `json:"region_from_2027"`
	Seat             string  `json:"seat"`
	Latitude         float64 `json:"latitude"`
	Longitude        float64 `json:"longitude"`
	Population       int     `json:"population"`
	PopulationDate   Date    `json:"population_date"`
	ITUsersEstimated int     `json:"it_users_estimated"`
	PeerGroup        string  `json:"peer_group"` // Statistics Denmark's municipality group
	Domain           string  `json:"domain"`
	Source           string  `json:"source"`
}

// Site is a place of a municipality that holds servers or network equipment.
type Site struct {
	ID           string  `json:"id"` // slug, unique in the country
	Municipality string  `json:"municipality"`
	Name         string  `json:"name"`
	Kind         string  `json:"kind"` // datacentre, town_hall, school, care_home, library, other
	Latitude     float64 `json:"latitude,omitzero"`
	Longitude    float64 `json:"longitude,omitzero"`
}

// Capacity is what a centre has, uses or is asked for. Zero means not known.
type Capacity struct {
	VCPUs     int `json:"vcpus,omitzero"`
	MemoryGB  int `json:"memory_gb,omitzero"`
	StorageGB int `json:"storage_gb,omitzero"`
	Users     int `json:"users,omitzero"`

	// The two that have decimals: 1250 is 1.25.
	PowerKW  Milli `json:"power_kw,omitzero"`  // that servers draw; cooling and network are not in it
	StaffFTE Milli `json:"staff_fte,omitzero"` // full-time equivalents who operate servers
}

// Centre is a regional operations centre (driftscenter). Its host is the municipality, or later
// the joint company, that is the other party of the one-to-one agreements.
type Centre struct {
	ID        string   `json:"id"` // slug
	Name      string   `json:"name"`
	Host      string   `json:"host"` // municipality code of the host
	Site      string   `json:"site,omitempty"`
	Latitude  float64  `json:"latitude"`
	Longitude float64  `json:"longitude"`
	Capacity  Capacity `json:"capacity"`       // total that may be filled
	Used      Capacity `json:"used,omitzero"`  // taken by the host's own estate before any move
	Staff     int      `json:"staff,omitzero"` // people who can take part in moves; Capacity.StaffFTE are those who operate
}

// Link is a network connection between a site of a municipality and a centre.
type Link struct {
	ID           string  `json:"id"`
	Municipality string  `json:"municipality"`
	FromSite     string  `json:"from_site"`
	Centre       string  `json:"centre"`
	Supplier     string  `json:"supplier,omitempty"`
	Medium       string  `json:"medium,omitempty"` // fibre, mpls, radio, mobile
	Mbps         int     `json:"mbps"`
	LatencyMS    float64 `json:"latency_ms,omitzero"`
	Redundant    *bool   `json:"redundant,omitempty"` // nil: not known
}
