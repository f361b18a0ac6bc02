package hub

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
)

// Evidence is something that shows that a control is met: a file, a link or a note.
type Evidence struct {
	ID           string         `json:"id"`
	Municipality string         `json:"municipality"`
	Control      string         `json:"control"`
	Title        string         `json:"title"`
	Link         string         `json:"link,omitempty"` // https, or http within the own network
	Note         string         `json:"note,omitempty"`
	Date         inventory.Date `json:"date"`           // of the evidence itself
	Until        inventory.Date `json:"until,omitzero"` // holds until; 0: as long as the catalogue says
	Hash         string         `json:"hash,omitempty"` // SHA-256 of the file
	Bytes        int            `json:"bytes,omitzero"` // of the file
	Type         string         `json:"type,omitempty"` // media type of the file, as its content shows
	AddedBy      string         `json:"added_by"`
	AddedAt      inventory.Date `json:"added_at"`
}

// MaxEvidenceBytes is the largest file that is kept as evidence.
const MaxEvidenceBytes = 10 << 20

// evidenceTypes are the kinds of files that are kept, by what their content shows and their name's end.
// Office files are zip archives by content.
var evidenceTypes = map[string][]string{
	"application/pdf": {".pdf"}, "image/png": {".png"}, "image/jpeg": {".jpg", ".jpeg"},
	"text/plain": {".txt", ".csv", ".md", ".log"}, "application/zip": {".docx", ".xlsx", ".pptx", ".odt", ".ods"},
}

// AddEvidence keeps evidence for a control, with the file's content if there is one (empty: none). Files
// are sealed with a key that is not in the database.
func (h *Hub) AddEvidence(ctx context.Context, p Person, e Evidence, name string, content []byte) (Evidence, error) {
	if !p.decides(e.Municipality) {
		return Evidence{}, fmt.Errorf("evidence of %s: %w", e.Municipality, ErrForbidden)
	}
	if err := h.checkEvidence(&e, name, content); err != nil {
		return Evidence{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	id, err := newRecordID()
	if err != nil {
		return Evidence{}, err
	}
	e.ID, e.AddedBy, e.AddedAt = id, p.Name, h.today()
	if len(content) > 0 {
		sealed, err := h.seal(e.Municipality, e.Hash, content)
		if err != nil {
			return Evidence{}, err
		}
		if err := h.store.SaveEvidenceFile(ctx, e.Municipality, e.Hash, sealed); err != nil {
			return Evidence{}, err
		}
	}
	if err := h.store.SaveRecord(ctx, store.KindEvidence, e.Municipality, e.ID, h.now(), e); err != nil {
		return Evidence{}, err
	}
	if err := h.record(ctx, p.Name, "evidence.add", e.Municipality, e.Control+" "+e.ID+" "+e.Hash); err != nil {
		return Evidence{}, err
	}
	return e, h.assessAnew(ctx, e.Municipality)
}

// checkEvidence refuses what cannot be evidence, and fills in what the content shows.
func (h *Hub) checkEvidence(e *Evidence, name string, content []byte) error {
	var faults []error
	if _, ok := h.Catalogue().Control(e.Control); !ok {
		faults = append(faults, fmt.Errorf("no control %q", e.Control))
	}
	if strings.TrimSpace(e.Title) == "" {
		faults = append(faults, errors.New("the title is missing"))
	}
	if !e.Date.Known() {
		e.Date = h.today()
	}
	if e.Until.Known() && e.Until < e.Date {
		faults = append(faults, fmt.Errorf("it holds until %s, before its own date %s", e.Until, e.Date))
	}
	if e.Link != "" {
		if u, err := url.Parse(e.Link); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
			faults = append(faults, fmt.Errorf("link %q is no http(s) address without a password in it", e.Link))
		}
	}
	if e.Link == "" && e.Note == "" && len(content) == 0 {
		faults = append(faults, errors.New("give a file, a link or a note"))
	}
	if len(content) > MaxEvidenceBytes {
		return errors.Join(append(faults, fmt.Errorf("the file has %d bytes, at most %d are kept", len(content), MaxEvidenceBytes))...)
	}
	if len(content) > 0 {
		e.Type, _, _ = strings.Cut(http.DetectContentType(content), ";")
		if ends := evidenceTypes[e.Type]; !slices.Contains(ends, strings.ToLower(filepath.Ext(name))) {
			faults = append(faults, fmt.Errorf("the file %q is %s by its content; kept are PDF, PNG, JPEG, text and office files under their own names", name, e.Type))
		}
		sum := sha256.Sum256(content)
		e.Hash, e.Bytes = hex.EncodeToString(sum[:]), len(content)
	}
	return errors.Join(faults...)
}

// EvidenceFile gives back a file that was kept, as it was.
func (h *Hub) EvidenceFile(ctx context.Context, p Person, municipality, id string) (Evidence, []byte, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return Evidence{}, nil, err
	}
	if !sc.gap[municipality] {
		return Evidence{}, nil, sc.forbidden("evidence of " + municipality)
	}
	e, err := store.Record[Evidence](ctx, h.store, store.KindEvidence, municipality, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && e.Hash == "" {
		return Evidence{}, nil, fmt.Errorf("evidence %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return Evidence{}, nil, err
	}
	if err := h.noteReading(ctx, p, "evidence "+id, municipality); err != nil {
		return Evidence{}, nil, err
	}
	sealed, err := h.store.EvidenceFile(ctx, municipality, e.Hash)
	if err != nil {
		return Evidence{}, nil, err
	}
	content, err := h.unseal(municipality, e.Hash, sealed)
	return e, content, err
}

// RemoveEvidence takes evidence away. That it was there stays in the audit trail.
func (h *Hub) RemoveEvidence(ctx context.Context, p Person, municipality, id string) error {
	if !p.decides(municipality) {
		return fmt.Errorf("evidence of %s: %w", municipality, ErrForbidden)
	}
	e, err := store.Record[Evidence](ctx, h.store, store.KindEvidence, municipality, id)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("evidence %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return err
	}
	if err := h.store.DeleteRecord(ctx, store.KindEvidence, municipality, id); err != nil {
		return err
	}
	kept, err := h.evidenceOf(ctx, municipality)
	if err != nil {
		return err
	}
	still := false
	for _, list := range kept {
		still = still || slices.ContainsFunc(list, func(x Evidence) bool { return x.Hash == e.Hash })
	}
	if e.Hash != "" && !still {
		if err := h.store.DeleteEvidenceFile(ctx, municipality, e.Hash); err != nil {
			return err
		}
	}
	if err := h.record(ctx, p.Name, "evidence.remove", municipality, e.Control+" "+e.ID+" "+e.Hash); err != nil {
		return err
	}
	return h.assessAnew(ctx, municipality)
}

// evidenceOf reads a municipality's evidence by control.
func (h *Hub) evidenceOf(ctx context.Context, municipality string) (map[string][]Evidence, error) {
	all, err := store.RecordsOf[Evidence](ctx, h.store, store.KindEvidence, municipality)
	if err != nil {
		return nil, err
	}
	of := map[string][]Evidence{}
	for _, e := range all {
		of[e.Control] = append(of[e.Control], e)
	}
	return of, nil
}

// keyFile is where the key lies that seals evidence, in the data directory and readable by its owner only.
const keyFile = "evidence.key"

// seal encrypts a file with AES-256-GCM, bound to whose it is and what it holds.
func (h *Hub) seal(municipality, hash string, content []byte) ([]byte, error) {
	gcm, err := h.gcm(true)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal evidence: %w", err)
	}
	return gcm.Seal(nonce, nonce, content, []byte(municipality+" "+hash)), nil
}

func (h *Hub) unseal(municipality, hash string, sealed []byte) ([]byte, error) {
	gcm, err := h.gcm(false)
	if err != nil {
		return nil, err
	}
	if len(sealed) < gcm.NonceSize() {
		return nil, errors.New("the stored file is damaged")
	}
	content, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], []byte(municipality+" "+hash))
	if err != nil {
		return nil, fmt.Errorf("the stored file cannot be opened with the key in %s: restore the key that belongs to this database", filepath.Join(h.config.Dir, keyFile))
	}
	return content, nil
}

// gcm opens the key, making it at the first use. A key that is lost is never replaced while reading: what
// it sealed would be lost without a word.
func (h *Hub) gcm(create bool) (cipher.AEAD, error) {
	path := filepath.Join(h.config.Dir, keyFile)
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && create {
		key = make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("make the evidence key: %w", err)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, fmt.Errorf("keep the evidence key: %w", err)
		}
		_, err = f.Write(key)
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			return nil, fmt.Errorf("keep the evidence key: %w", err)
		}
	} else if err != nil {
		return nil, fmt.Errorf("the key that seals evidence cannot be read: %w", err)
	}
	if len(key) != 32 {
		return nil, fmt.Errorf("%s holds %d bytes, want the 32 of the key: restore it from the backup", path, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
