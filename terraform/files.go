package terraform

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
)

// Write puts the units below dir. Folders are 0700 and files 0600, because plans and state that
// come to lie beside them hold what the inventory knows about servers. A file that has not changed
// is left alone; one that has is replaced whole or not at all. Nothing is ever deleted: a folder
// whose unit left the plan may hold state.
func Write(dir string, units []Unit) error {
	for _, u := range units {
		folder := filepath.Join(dir, u.Dir())
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return diskError(u, "make the unit's folder", folder, err)
		}
		for _, name := range sortedKeys(u.Files) {
			if err := replaceFile(filepath.Join(folder, name), u.Files[name]); err != nil {
				return diskError(u, "write "+name, folder, err)
			}
		}
	}
	return nil
}

// replaceFile writes a file beside the old one and renames it, so that a full disk or a killed
// process leaves the old one whole. It does not wait for the disk: everything written here can be
// rendered again.
func replaceFile(path string, data []byte) (err error) {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// checkFiles refuses a folder whose HCL is not what was rendered. Planning alone can already run a
// program (an external data source), so this comes before the engine, not after it.
func checkFiles(u Unit, dir string) error {
	foreign := func(name string, err error) error {
		return &UnitError{Unit: u.ID, Dir: dir, Step: "check " + name, Hint: "render the units again, and find out who wrote to the folder", Err: err}
	}
	for _, name := range sortedKeys(u.Files) {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return diskError(u, "read "+name, dir, err)
		}
		if !bytes.Equal(data, u.Files[name]) {
			return foreign(name, errors.New("it is not what was rendered from the plan"))
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return diskError(u, "read the unit's folder", dir, err)
	}
	for _, e := range entries {
		name := e.Name()
		_, ours := u.Files[name]
		if !ours && readByEngine.MatchString(name) {
			return foreign(name, errors.New("the engine would read it, but it was not rendered from the plan"))
		}
	}
	return nil
}

// readByEngine matches the files that tofu or terraform take in from a folder by themselves.
var readByEngine = regexp.MustCompile(`\.(tf|tofu|tfvars)(\.json)?$`)
