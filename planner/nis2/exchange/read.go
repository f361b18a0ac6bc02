package exchange

import (
	"bytes"
	"fmt"

	"github.com/samdrift/samdrift/planner/nis2"
)

// Formats lists the kinds of files that Read reads.
var Formats = []string{"xlsx", "csv", "json", "ciso-audit", "os2compliance"}

// Read reads a municipality's answers from a file of one of Formats. Notes tell what a foreign format held
// that was not taken over. Answers of a file that names no municipality are the one's that is given.
func Read(format string, data []byte, cat *nis2.Catalogue, municipality string) (answers []nis2.Answer, notes []string, err error) {
	r := bytes.NewReader(data)
	var s Sheet
	switch format {
	case "xlsx":
		s, err = ReadXLSX(r, cat)
	case "csv":
		s, err = ReadCSV(r, cat)
	case "json":
		answers, err = nis2.ParseAnswers(data)
		return answers, nil, err
	case "ciso-audit":
		return ReadCISOAudit(r, cat, municipality)
	case "os2compliance":
		return ReadOS2compliance(r, cat, municipality)
	default:
		return nil, nil, fmt.Errorf("format %q is none of %v", format, Formats)
	}
	for i := range s.Answers {
		if s.Municipality == "" { // a CSV without its first line
			s.Answers[i].Municipality = municipality
		}
	}
	return s.Answers, nil, err
}
