package hub

import (
	"context"

	"github.com/samdrift/samdrift/terraform/platform"
)

// readTags asks the sources at which agreements put a tag on their servers what tags there are, each source
// once.
func (h *Hub) readTags(ctx context.Context) (map[string]platform.Tagging, error) {
	agreements, wanted := map[string][]string{}, map[string][]platform.Tag{} // by source
	for agreement, m := range h.config.Terraform.Agreements {
		if at := m.SharedAt(); m.Shared.Tag != nil {
			agreements[at], wanted[at] = append(agreements[at], agreement), append(wanted[at], *m.Shared.Tag)
		}
	}
	byAgreement := map[string]platform.Tagging{}
	for at, tags := range wanted {
		source, ok := h.config.Sources[at].(platform.Tagger)
		if !ok {
			continue // its units wait for a tag that nobody makes there
		}
		list, err := source.ReadTags(ctx, tags)
		if err != nil {
			return nil, err
		}
		for i, agreement := range agreements[at] {
			byAgreement[agreement] = list[i]
		}
	}
	return byAgreement, nil
}
