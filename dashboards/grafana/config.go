package grafana

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Config says where Grafana is and who pushes.
type Config struct {
	URL string // https://grafana.example.dk, with its path if it has one

	// Token is a service account token (role Admin) and reaches one organisation. User and
	// Password are a server administrator's, and are needed to keep one organisation per
	// municipality. Exactly one of the two must be set.
	Token    Secret
	User     string
	Password Secret

	// QueryURL is the hub's query API as Grafana reaches it, without /api/v1:
	// https://samdrift.example.dk/prometheus.
	QueryURL string
	Interval time.Duration // how often collectors measure; zero: a minute
	Timeout  time.Duration // of one request; zero: 30 s
	Folder   string        // title; empty: Samdrift
}

// Validate reports every fault of the configuration.
func (c Config) Validate() error {
	var faults []error
	for _, address := range []struct{ key, value, example string }{
		{"url", c.URL, "https://grafana.example.dk"}, {"query_url", c.QueryURL, "https://samdrift.example.dk/prometheus"},
	} {
		u, err := url.Parse(address.value)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("grafana.%s: %w", address.key, err))
		case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
			faults = append(faults, fmt.Errorf("grafana.%s is %q, want an address like %s", address.key, u.Redacted(), address.example))
		case u.User != nil:
			faults = append(faults, fmt.Errorf("grafana.%s holds a password: use grafana.user and grafana.password", address.key))
		}
	}
	switch {
	case c.Token == "" && c.User == "":
		faults = append(faults, errors.New("grafana.token is empty: make a service account with role Admin in Grafana, or give grafana.user and grafana.password"))
	case c.Token != "" && c.User != "":
		faults = append(faults, errors.New("grafana.token and grafana.user are both set: keep one"))
	case c.User != "" && c.Password == "":
		faults = append(faults, errors.New("grafana.password is empty"))
	}
	if c.Timeout < 0 || c.Interval < 0 {
		faults = append(faults, errors.New("grafana.timeout and grafana.interval must not be negative"))
	}
	return errors.Join(faults...)
}

// Secret is a text that is never printed.
type Secret string

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "<hidden>"
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the secret from JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
