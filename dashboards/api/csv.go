package api

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
)

// writeCSV writes rows for Danish Excel: UTF-8 with a mark, semicolons, and text that a sheet would
// read as a formula made plain. Invented data are named so in the file's name and first row.
func writeCSV(w http.ResponseWriter, name string, demo bool, rows [][]string) {
	if demo {
		name = "demodata-" + name
		rows = append([][]string{{"Demodata: alle tal om servere, sikkerhed og penge er opfundne"}}, rows...)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="samdrift-`+name+`.csv"`)
	_, _ = w.Write([]byte("\ufeff")) // the client may have gone; csv below tells no more
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = ';', true
	for _, row := range rows {
		for i, cell := range row {
			row[i] = plain(cell)
		}
		if c.Write(row) != nil {
			return
		}
	}
	c.Flush()
}

// plain keeps a sheet from reading text as a formula: devices and people decide what stands in it.
func plain(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// number writes a number that is known, and nothing for one that is not.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
