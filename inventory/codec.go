package inventory

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// Encode writes the snapshot as JSON, one canonical text for one estate. Rows are written one at a
// time: a large estate is never in memory as text.
func (s *Snapshot) Encode(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	write := func(v any) error {
		text.Reset()
		if err := e.Encode(v); err != nil {
			return err
		}
		_, err := buffered.Write(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
		return err
	}
	put := func(text string) { _, _ = buffered.WriteString(text) } // its error comes again from Flush
	v := reflect.ValueOf(s).Elem()
	separator := "{"
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		f := v.Field(i)
		if options == "omitempty" && (f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0) {
			continue
		}
		put(separator + `"` + name + `":`)
		separator = ","
		if f.Kind() != reflect.Slice || f.IsNil() {
			if err := write(f.Interface()); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		put("[")
		for n := range f.Len() {
			if n > 0 {
				put(",")
			}
			if err := write(f.Index(n).Addr().Interface()); err != nil {
				return fmt.Errorf("%s, row %d: %w", name, n+1, err)
			}
		}
		put("]")
	}
	put("}\n")
	return buffered.Flush()
}

// Hash gives the SHA-256 of the canonical JSON, in hex. Reports and plans carry it to show which
// data they stand on.
func (s *Snapshot) Hash() string {
	h := sha256.New()
	if err := s.Encode(h); err != nil {
		// Every field is plain data, and a hash never refuses a write.
		panic(fmt.Sprintf("snapshot cannot be encoded: %v", err))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// DecodeSnapshot reads a snapshot written by Encode, row by row. Unknown fields and other schema
// versions are errors: a file that is read half would be taken for a whole one.
func DecodeSnapshot(r io.Reader) (*Snapshot, error) {
	lines := &lineReader{r: r}
	d := json.NewDecoder(lines)
	d.DisallowUnknownFields()
	var s Snapshot
	if err := s.decode(d); err != nil {
		offset := d.InputOffset()
		var syntax *json.SyntaxError
		switch {
		case lines.err != nil:
			return nil, fmt.Errorf("read snapshot: %w", lines.err)
		case errors.As(err, &syntax):
			offset = syntax.Offset
		case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
			offset = lines.read
			err = io.ErrUnexpectedEOF
		}
		line, column := lines.position(offset)
		return nil, fmt.Errorf("snapshot line %d column %d: %w", line, column, err)
	}
	if s.Schema != SchemaVersion {
		return nil, fmt.Errorf("snapshot has schema %d, this samdrift reads %d: export it again with a matching version", s.Schema, SchemaVersion)
	}
	return &s, s.Validate()
}

func (s *Snapshot) decode(d *json.Decoder) error {
	if err := expect(d, json.Delim('{')); err != nil {
		return err
	}
	v := reflect.ValueOf(s).Elem()
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(reflect.VisibleFields(v.Type()), func(f reflect.StructField) bool {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			return name == key
		})
		if i < 0 {
			return fmt.Errorf("json: unknown field %q", key)
		}
		f := v.Field(i)
		if f.Kind() != reflect.Slice {
			if err := d.Decode(f.Addr().Interface()); err != nil {
				return err
			}
			continue
		}
		token, err := d.Token()
		if err != nil {
			return err
		}
		if token == nil {
			f.SetZero()
			continue
		}
		if token != json.Delim('[') {
			return fmt.Errorf("%s is no list", key)
		}
		f.Set(reflect.MakeSlice(f.Type(), 0, 0))
		for d.More() {
			row := reflect.New(f.Type().Elem())
			if err := d.Decode(row.Interface()); err != nil {
				return err
			}
			if a, ok := row.Interface().(*Asset); ok {
				Share(a, nil)
				Intern(a)
			}
			f.Set(reflect.Append(f, row.Elem()))
		}
		if looks, ok := f.Interface().([]Collection); ok {
			shareTables(looks)
		}
		if err := expect(d, json.Delim(']')); err != nil {
			return err
		}
	}
	return expect(d, json.Delim('}'))
}

func expect(d *json.Decoder, want json.Delim) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("want %v, found %v", want, token)
	}
	return nil
}

// lineReader remembers where lines begin, so that a fault can be given its place.
type lineReader struct {
	r     io.Reader
	read  int64
	lines []int64 // offset of the first byte of each line but the first
	err   error   // of the reader itself, other than its end
}

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.lines = append(l.lines, l.read+int64(i)+1)
		}
	}
	l.read += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
	}
	return n, err
}

// position gives the 1-based line and column of a byte offset.
func (l *lineReader) position(offset int64) (line int, column int64) {
	offset = min(offset, l.read)
	line, _ = slices.BinarySearch(l.lines, offset+1)
	begin := int64(0)
	if line > 0 {
		begin = l.lines[line-1]
	}
	return line + 1, offset - begin + 1
}
