package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/hub"
)

// Freeze writes the facts as canonical JSON (keys sorted, times in UTC, no spaces) and gives the
// SHA-256 of those bytes in hexadecimal. Equal facts give equal bytes, so anyone who holds the JSON
// file can check the hash on the report with sha256sum. It fails on figures that are no numbers.
func Freeze(facts hub.ReportFacts) (canonical []byte, hash string, err error) {
	facts.TakenAt = facts.TakenAt.UTC()
	facts.Municipalities = slices.Clone(facts.Municipalities)
	for i := range facts.Municipalities {
		m := &facts.Municipalities[i]
		m.MeasuredSince = m.MeasuredSince.UTC()
	}
	ordered, err := json.Marshal(facts)
	if err != nil {
		return nil, "", fmt.Errorf("freezing the facts of %s: %w", facts.Period, err)
	}
	// Objects decoded into maps are written with their keys sorted, whatever the order of the fields.
	read := json.NewDecoder(bytes.NewReader(ordered))
	read.UseNumber()
	var tree any
	if err := read.Decode(&tree); err != nil {
		return nil, "", fmt.Errorf("freezing the facts of %s: %w", facts.Period, err)
	}
	var out bytes.Buffer
	write := json.NewEncoder(&out)
	write.SetEscapeHTML(false)
	if err := write.Encode(tree); err != nil {
		return nil, "", fmt.Errorf("freezing the facts of %s: %w", facts.Period, err)
	}
	canonical = bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	sum := sha256.Sum256(canonical)
	return canonical, hex.EncodeToString(sum[:]), nil
}
