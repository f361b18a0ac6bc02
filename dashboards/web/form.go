package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
)

// The largest forms that are read, without and with a file.
const (
	largestForm   = 1 << 20
	largestUpload = hub.MaxEvidenceBytes + largestForm
)

// form holds what stands in a form's fields, so that what was typed is shown again after a refusal.
type form map[string]string

// readForm reads a form that was sent, of at most limit bytes.
func readForm(w http.ResponseWriter, r *http.Request, limit int64) (form, error) {
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(limit) // all of it in memory: on the disk evidence would lie in clear
	} else {
		err = r.ParseForm()
	}
	f := form{}
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return f, refused{language(r).T("form.toolarge", "mb", hub.MaxEvidenceBytes>>20)}
	} else if err != nil {
		return f, refused{language(r).T("form.unreadable")}
	}
	for name, values := range r.PostForm {
		f[name] = strings.TrimSpace(values[0])
	}
	return f, nil
}

// day reads a field that holds a day, or nothing; label is the field's key among the words.
func (f form) day(l *locale.Locale, name, label string, faults *refused) inventory.Date {
	if f[name] == "" {
		return 0
	}
	d, err := inventory.ParseDate(f[name])
	if err != nil {
		*faults = append(*faults, l.T("form.notaday", "field", l.T(label), "value", f[name]))
	}
	return d
}

// minute is how browsers write a field of day and time.
const minute = "2006-01-02T15:04"

// moment reads a field that holds a day and time in Denmark, or nothing.
func (f form) moment(l *locale.Locale, name, label string, faults *refused) time.Time {
	if f[name] == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(minute, f[name], copenhagen)
	if err != nil {
		*faults = append(*faults, l.T("form.notatime", "field", l.T(label), "value", f[name]))
	}
	return t
}

// need notes a field that must be filled in and is not.
func (f form) need(l *locale.Locale, name, label string, faults *refused) string {
	if f[name] == "" {
		*faults = append(*faults, l.T("form.missing", "field", l.T(label)))
	}
	return f[name]
}

// refused are the reasons, in the person's language, why a form was not taken.
type refused []string

func (e refused) Error() string { return strings.Join(e, " ") }

// Is makes a refusal an hub.ErrInvalid, which is answered with 422.
func (e refused) Is(target error) bool { return target == hub.ErrInvalid }

// orNil gives nil where nothing was refused.
func (e refused) orNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// fault stands beside a form that was refused.
type fault struct {
	Words   []string // in the person's language
	Reason  string   // what the hub itself says, in English; empty: the words say it
	Changed bool     // somebody changed what is kept since the form was shown
}

// faultOf tells a refusal's reasons; nil for anything else, which is no fault of the form.
func faultOf(err error) *fault {
	var own refused
	switch {
	case errors.As(err, &own):
		return &fault{Words: own}
	case errors.Is(err, store.ErrConflict):
		return &fault{Changed: true}
	case errors.Is(err, hub.ErrInvalid):
		return &fault{Reason: strings.TrimPrefix(err.Error(), hub.ErrInvalid.Error()+": ")}
	}
	return nil
}

// revision reads which revision of a record a form stands on; 0 for a new one.
func (f form) revision(l *locale.Locale, faults *refused) int {
	if f["revision"] == "" {
		return 0
	}
	n, err := strconv.Atoi(f["revision"])
	if err != nil {
		*faults = append(*faults, l.T("form.unreadable"))
	}
	return n
}

// catchUp lets a form that was refused because its record had changed stand on what is kept now: it is shown
// beside the form, so that saving once more is meant.
func (f form) catchUp(wrong *fault, id string, revision int) {
	if wrong != nil && wrong.Changed && f["id"] == id {
		f["revision"] = strconv.Itoa(revision)
	}
}

// done sends the browser on after a form was taken.
func done(w http.ResponseWriter, r *http.Request, to string) {
	http.Redirect(w, r, to, http.StatusSeeOther)
}
