package snmp

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// Secret is a community or password. However it is printed, logged or written as JSON or YAML it
// shows as <hidden>; Reveal gives the text.
type Secret string

const hidden = "<hidden>"

// Reveal gives the secret text, for the wire only.
func (s Secret) Reveal() string { return string(s) }

// String gives <hidden>, or nothing for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the text from %#v.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// MarshalText hides the text from JSON and other encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML hides the text from YAML.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// UnmarshalYAML reads a plain text, {env: NAME} or {file: PATH}; PATH is relative to the working
// directory.
func (s *Secret) UnmarshalYAML(n *yaml.Node) error {
	got, err := secretFrom(n, "")
	if err != nil {
		return err
	}
	*s = got
	return nil
}

// secretFrom reads a secret from a YAML node; relative files are looked up below dir.
func secretFrom(n *yaml.Node, dir string) (Secret, error) {
	n = resolved(n)
	if n.Kind == yaml.ScalarNode {
		return Secret(n.Value), nil
	}
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 || resolved(n.Content[1]).Kind != yaml.ScalarNode {
		return "", faultAt(n, "a secret is a text, {env: NAME} or {file: PATH}")
	}
	key, value := n.Content[0], resolved(n.Content[1]).Value
	switch key.Value {
	case "env":
		text, ok := os.LookupEnv(value)
		if !ok || text == "" {
			return "", faultAt(n.Content[1], "environment variable %s is not set: export it before samdrift starts", value)
		}
		return Secret(text), nil
	case "file":
		if !filepath.IsAbs(value) {
			value = filepath.Join(dir, value)
		}
		text, err := os.ReadFile(value)
		if err != nil {
			return "", faultAt(n.Content[1], "secret file: %v", err)
		}
		if secret := strings.TrimRight(string(text), "\r\n"); secret != "" {
			return Secret(secret), nil
		}
		return "", faultAt(n.Content[1], "secret file %s is empty", value)
	}
	return "", faultAt(key, "unknown key %q in a secret: want env or file", key.Value)
}

// resolved follows a YAML alias.
func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
