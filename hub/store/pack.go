package store

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// packer gives values as gzipped JSON. It is reused from row to row, since a compressor is large and a
// row is small; not for concurrent use.
type packer struct {
	buffer bytes.Buffer
	z      *gzip.Writer
}

// pack gives a value as gzipped JSON, in memory that the next call uses again.
func (p *packer) pack(v any) ([]byte, error) {
	p.buffer.Reset()
	if p.z == nil {
		z, err := gzip.NewWriterLevel(&p.buffer, gzip.BestSpeed)
		if err != nil {
			return nil, err
		}
		p.z = z
	} else {
		p.z.Reset(&p.buffer)
	}
	var err error
	if e, own := v.(encoder); own {
		err = e.Encode(p.z)
	} else {
		err = json.NewEncoder(p.z).Encode(v)
	}
	if err := errors.Join(err, p.z.Close()); err != nil {
		return nil, err
	}
	return p.buffer.Bytes(), nil
}

// encoder is a value that writes its own JSON, row by row.
type encoder interface{ Encode(io.Writer) error }

// pack gives a value as gzipped JSON.
func pack(v any) ([]byte, error) { return new(packer).pack(v) }

// unpacker opens what pack wrote; not for concurrent use.
type unpacker struct{ z *gzip.Reader }

func (u *unpacker) open(body []byte) (io.Reader, error) {
	var err error
	if u.z == nil {
		u.z, err = gzip.NewReader(bytes.NewReader(body))
	} else {
		err = u.z.Reset(bytes.NewReader(body))
	}
	if err != nil {
		return nil, fmt.Errorf("stored body is damaged: %w", err)
	}
	return u.z, nil
}

func (u *unpacker) unpack(body []byte, into any) error {
	r, err := u.open(body)
	if err != nil {
		return err
	}
	if err := json.NewDecoder(r).Decode(into); err != nil {
		return fmt.Errorf("stored body is damaged: %w", err)
	}
	return nil
}

func unpack(body []byte, into any) error { return new(unpacker).unpack(body, into) }
