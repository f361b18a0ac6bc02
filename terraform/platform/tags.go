package platform

import "context"

// Tagger is a Source that tells what tags are on its servers, so that one more can be put on them.
type Tagger interface {
	// ReadTags tells of each wanted tag how it can be put on the servers there. It changes nothing.
	ReadTags(ctx context.Context, wanted []Tag) ([]Tagging, error)
}

// Tagging is what a source tells about putting a tag on its servers. Tags go by the ids that the provider
// asks for.
type Tagging struct {
	ID    string              // of the tag; empty: it is not there yet
	Fault string              // why it can be put on no server; empty: it can
	Alone []string            // the other tags of its category, when a server can have only one of them
	On    map[string][]string // the tags on each server, by inventory.ComparableUUID; one that another has too is missing
}

// Tags are the tags that a machine shall have. A machine without them has its tags left alone.
type Tags struct {
	IDs  []string `json:"ids"`  // the new one and all that it has, sorted: no tag is ever taken off
	Name string   `json:"name"` // of the new one, category/name
	On   bool     `json:"on"`   // it is on the machine already
}
