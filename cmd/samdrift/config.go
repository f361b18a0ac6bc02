package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/dashboards/grafana"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
	"github.com/samdrift/samdrift/terraform"
)

// configFile is read from the working directory when --config does not name another.
const configFile = "samdrift.yaml"

// config is samdrift.yaml. Each part belongs to the package that works by it.
type config struct {
	Dir               string            `yaml:"dir"`
	Database          secret            `yaml:"database"` // postgres:// URL
	Listen            string            `yaml:"listen"`
	Members           []string          `yaml:"members"`
	Schedule          schedule          `yaml:"schedule"`
	SNMP              snmpConfig        `yaml:"snmp"`
	Inventory         inventory.Ageing  `yaml:"inventory"`
	Planner           planner.Settings  `yaml:"planner"`
	Evaluate          evaluate.Settings `yaml:"evaluate"`
	Freezes           []planner.Freeze  `yaml:"freezes"` // besides the national calendar
	Metrics           metrics           `yaml:"metrics"`
	Terraform         terraform.Config  `yaml:"terraform"`
	EngineEnvironment map[string]secret `yaml:"engine_environment"` // for terraform.state pg and s3
	StatePassphrase   secret            `yaml:"state_passphrase"`   // encrypts states and plans; OpenTofu only
	Sources           sources           `yaml:",inline"`
	Grafana           grafanaConfig     `yaml:"grafana"`

	path string // where it was read from; empty: defaults only
}

type schedule struct {
	Full time.Duration `yaml:"full"` // between full looks
	Poll time.Duration `yaml:"poll"` // between polls
}

type snmpConfig struct {
	Targets     string `yaml:"targets"`     // file with targets; relative to the configuration file
	Credentials string `yaml:"credentials"` // file with the credentials that targets name
	snmp.Config `yaml:",inline"`
}

type metrics struct {
	Retention   time.Duration `yaml:"retention"`
	RemoteWrite []remoteWrite `yaml:"remote_write"`
}

type remoteWrite struct {
	Name    string            `yaml:"name"`
	URL     string            `yaml:"url"`
	Headers map[string]secret `yaml:"headers"`
	Timeout time.Duration     `yaml:"timeout"`
}

type grafanaConfig struct {
	URL      string        `yaml:"url"`
	Token    secret        `yaml:"token"`     // of a Grafana service account with role Admin
	QueryURL string        `yaml:"query_url"` // this hub's query API as Grafana reaches it
	HubToken secret        `yaml:"hub_token"` // with which Grafana asks the hub
	HubURL   string        `yaml:"hub_url"`   // this hub's pages, for links back
	Folder   string        `yaml:"folder"`
	Timeout  time.Duration `yaml:"timeout"`
}

// defaultConfig works without any file.
func defaultConfig() config {
	base := hub.DefaultConfig()
	return config{
		Listen:    "127.0.0.1:8098",
		Schedule:  schedule{Full: 24 * time.Hour, Poll: time.Minute},
		SNMP:      snmpConfig{Config: snmp.DefaultConfig()},
		Inventory: base.Ageing,
		Planner:   base.Planner,
		Evaluate:  base.Evaluate,
		Metrics:   metrics{Retention: base.Monitor.Retention},
		Terraform: base.Terraform,
	}
}

// secret is a text that never stands in the file itself: it names where the text is.
type secret struct {
	Env  string `yaml:"env"`
	File string `yaml:"file"`
}

// UnmarshalYAML refuses a secret written in clear.
func (s *secret) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a secret may not stand in the file: write {env: NAME} or {file: PATH}", node.Line)
	}
	for i := 0; i < len(node.Content); i += 2 {
		switch key := node.Content[i]; key.Value {
		case "env":
			s.Env = node.Content[i+1].Value
		case "file":
			s.File = node.Content[i+1].Value
		default:
			return fmt.Errorf("line %d: a secret is {env: NAME} or {file: PATH}, not %q", key.Line, key.Value)
		}
	}
	if (s.Env == "") == (s.File == "") {
		return fmt.Errorf("line %d: a secret is either {env: NAME} or {file: PATH}", node.Line)
	}
	return nil
}

// read fetches the secret. The unset secret is empty.
func (s secret) read(base string) (string, error) {
	switch {
	case s.Env != "":
		value, ok := os.LookupEnv(s.Env)
		if !ok {
			return "", fmt.Errorf("the environment has no %s", s.Env)
		}
		return value, nil
	case s.File != "":
		data, err := os.ReadFile(beside(base, s.File))
		if err != nil {
			return "", err
		}
		return strings.TrimRight(string(data), "\r\n"), nil
	}
	return "", nil
}

// beside takes a relative path as relative to the configuration file.
func beside(base, path string) string {
	if path == "" || filepath.IsAbs(path) || base == "" {
		return path
	}
	return filepath.Join(filepath.Dir(base), path)
}

// loadConfig reads the file that the flags name, or the default one where it exists.
func (a *app) loadConfig() (config, error) {
	path := cmp.Or(a.config, configFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && a.config == "" {
		return defaultConfig(), nil
	}
	if err != nil {
		return config{}, fmt.Errorf("configuration: %w", err)
	}
	return parseConfig(path, data)
}

// parseConfig reads and checks a configuration. All faults are reported at once, each with its line.
func parseConfig(path string, data []byte) (config, error) {
	c := defaultConfig()
	c.path = path
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return config{}, yamlFaults(path, err)
	}
	if err := c.validate(); err != nil {
		return config{}, prefixed(path, err)
	}
	return c, nil
}

// yamlFaults turns the decoder's faults into lines of file:line: text, without Go's type names.
func yamlFaults(path string, err error) error {
	texts := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		texts = typed.Errors
	}
	var faults []error
	for _, text := range texts {
		line := ""
		if m := yamlLine.FindStringSubmatch(text); m != nil {
			line, text = ":"+m[1], m[2]
		}
		if m := yamlUnknown.FindStringSubmatch(text); m != nil {
			text = fmt.Sprintf("unknown key %q; docs/samdrift.yaml shows every key", m[1])
		}
		text = yamlInto.ReplaceAllString(text, "a value of another kind is wanted here: got $1")
		faults = append(faults, fmt.Errorf("%s%s: %s", path, line, text))
	}
	return errors.Join(faults...)
}

var (
	yamlLine    = regexp.MustCompile(`^line (\d+): (.*)$`)
	yamlUnknown = regexp.MustCompile(`^field (\S+) not found in type`)
	yamlInto    = regexp.MustCompile("^cannot unmarshal \\S+ (`[^`]*`) into \\S+$")
)

// prefixed puts the file's name before each of the joined faults.
func prefixed(path string, err error) error {
	var faults []error
	for _, line := range strings.Split(err.Error(), "\n") {
		faults = append(faults, fmt.Errorf("%s: %s", path, line))
	}
	return errors.Join(faults...)
}

func (c config) validate() error {
	var faults []error
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		faults = append(faults, fmt.Errorf("listen %q is not host:port, such as 127.0.0.1:8098", c.Listen))
	}
	if c.Schedule.Full < time.Minute {
		faults = append(faults, fmt.Errorf("schedule.full is %v, want at least 1m", c.Schedule.Full))
	}
	if c.Schedule.Poll < time.Second {
		faults = append(faults, fmt.Errorf("schedule.poll is %v, want at least 1s", c.Schedule.Poll))
	}
	if c.Grafana.URL != "" {
		if u, err := url.Parse(c.Grafana.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" {
			faults = append(faults, fmt.Errorf("grafana.url %q is not an http or https address", c.Grafana.URL))
		}
	}
	for i, f := range c.Freezes {
		if !f.From.Known() || f.To < f.From {
			faults = append(faults, fmt.Errorf("freezes[%d]: from %q to %q is no stretch of days", i, f.From, f.To))
		}
	}
	faults = append(faults, c.SNMP.Validate(), c.Inventory.Validate(), c.Terraform.Validate(), c.Planner.Validate(), c.Evaluate.Validate())
	if _, err := c.hub("checked", ""); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// hub gives the hub's configuration: the file's, with the directory and date of the flags.
func (c config) hub(dir, asOf string) (hub.Config, error) {
	h := hub.DefaultConfig()
	h.Dir = cmp.Or(dir, beside(c.path, c.Dir), defaultDir())
	if len(c.Members) > 0 {
		h.Members = c.Members
	}
	h.Ageing, h.Planner, h.Evaluate, h.Terraform = c.Inventory, c.Planner, c.Evaluate, c.Terraform
	h.Freezes = append(h.Freezes, c.Freezes...)
	h.Monitor.Retention = c.Metrics.Retention
	var faults []error
	var err error
	if h.Database, err = c.Database.read(c.path); err != nil {
		faults = append(faults, fmt.Errorf("database: %w", err))
	}
	for i, r := range c.Metrics.RemoteWrite {
		receiver := monitor.RemoteWrite{Name: r.Name, URL: r.URL, Timeout: r.Timeout, Headers: map[string]monitor.Secret{}}
		for name, s := range r.Headers {
			value, err := s.read(c.path)
			if err != nil {
				faults = append(faults, fmt.Errorf("metrics.remote_write[%d].headers.%s: %w", i, name, err))
			}
			receiver.Headers[name] = monitor.Secret(value)
		}
		h.Monitor.RemoteWrite = append(h.Monitor.RemoteWrite, receiver)
	}
	h.Engine.Environment = map[string]string{}
	for name, s := range c.EngineEnvironment {
		if h.Engine.Environment[name], err = s.read(c.path); err != nil {
			faults = append(faults, fmt.Errorf("engine_environment.%s: %w", name, err))
		}
	}
	if h.Engine.Passphrase, err = c.StatePassphrase.read(c.path); err != nil {
		faults = append(faults, fmt.Errorf("state_passphrase: %w", err))
	}
	if h.Sources, err = c.Sources.read(c.path); err != nil {
		faults = append(faults, err)
	}
	if h.AsOf, err = inventory.ParseDate(asOf); err != nil {
		faults = append(faults, fmt.Errorf("--as-of: %w", err))
	}
	faults = append(faults, h.Validate())
	return h, errors.Join(faults...)
}

// grafana gives what a push needs, with its secrets read.
func (c config) grafana() (grafana.Config, grafana.Secret, error) {
	token, tokenErr := c.Grafana.Token.read(c.path)
	hubToken, hubErr := c.Grafana.HubToken.read(c.path)
	g := grafana.Config{
		URL: c.Grafana.URL, Token: grafana.Secret(token), QueryURL: c.Grafana.QueryURL,
		Interval: c.Schedule.Poll, Timeout: c.Grafana.Timeout, Folder: c.Grafana.Folder,
	}
	if err := errors.Join(tokenErr, hubErr); err != nil {
		return g, "", fmt.Errorf("grafana: %w", err)
	}
	return g, grafana.Secret(hubToken), g.Validate()
}

// targets reads the SNMP targets that the configuration names.
func (c config) targets() ([]snmp.Target, error) {
	if c.SNMP.Targets == "" {
		return nil, nil
	}
	return readTargets(beside(c.path, c.SNMP.Targets), beside(c.path, c.SNMP.Credentials))
}

// readTargets reads a targets file, and the credentials that its targets name from another.
func readTargets(path, credentials string) ([]snmp.Target, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("SNMP targets: %w", err)
	}
	defer func() { _ = f.Close() }()
	targets, err := snmp.ReadTargets(f, path)
	if err != nil {
		return nil, err
	}
	var known []snmp.Credential
	if credentials != "" {
		if known, err = readCredentials(credentials); err != nil {
			return nil, err
		}
	}
	return snmp.Resolve(targets, known)
}

func readCredentials(path string) ([]snmp.Credential, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("SNMP credentials: %w", err)
	}
	defer func() { _ = f.Close() }()
	return snmp.ReadCredentials(f, path)
}
