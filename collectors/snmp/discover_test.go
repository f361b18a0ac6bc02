package snmp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/collectors/collectortest"
	"github.com/samdrift/samdrift/collectors/simulated/responder"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/inventory"
)

// network is a number of devices on addresses of loopback, all on the same port.
type network struct {
	port   uint16
	serve  func(address string, a *responder.Agent)
	listen func(address string) net.PacketConn
}

// startNetwork finds a port that is free on all addresses used later.
func startNetwork(t testing.TB) *network {
	t.Helper()
	first, err := net.ListenPacket("udp4", "127.46.255.254:0")
	if err != nil {
		t.Skipf("SKIPPED: only Linux answers on all of 127.0.0.0/8: %v", err)
	}
	t.Cleanup(func() { _ = first.Close() })
	n := &network{port: first.LocalAddr().(*net.UDPAddr).AddrPort().Port()}
	n.listen = func(address string) net.PacketConn {
		conn, err := net.ListenPacket("udp4", fmt.Sprintf("%s:%d", address, n.port))
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	n.serve = func(address string, a *responder.Agent) {
		conn := n.listen(address)
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := responder.Serve(ctx, conn, a, time.Now); err != nil {
				t.Error(err)
			}
		})
		t.Cleanup(func() { cancel(); wg.Wait() })
	}
	return n
}

// simple is a device with a name and, if given, a community; every device knows the user anna.
func simple(name, v1, v2c string) *responder.Agent {
	v := &responder.View{}
	for oid, value := range map[string]responder.Value{
		"1.3.6.1.2.1.1.1": responder.Text("a device"), "1.3.6.1.2.1.1.2": responder.Object(responder.MustOID("1.3.6.1.4.1.9.1.1208")),
		"1.3.6.1.2.1.1.3": responder.Ticks(time.Hour), "1.3.6.1.2.1.1.5": responder.Text(name),
	} {
		v.Scalar(responder.MustOID(oid), func(time.Time) responder.Value { return value })
	}
	return &responder.Agent{View: v, V1: v1, V2c: v2c}
}

func secured(name string) *responder.Agent {
	a := simple(name, "", "")
	a.Users = []responder.User{{Name: "anna", Auth: "sha256", AuthPassword: "auth-password", Priv: "aes256", PrivPassword: "priv-password"}}
	a.EngineID, a.Started = []byte("\x80\x00\x1f\x88\x04"+name), time.Now()
	return a
}

var ways = []snmp.Credential{
	{Name: "user", Credentials: snmp.Credentials{User: "anna", AuthPassword: "auth-password", PrivPassword: "priv-password"}},
	{Name: "other", Community: "other-secret"},
	{Name: "shared", Community: "shared-secret"},
	{Name: "old", Version: "1", Community: "public"},
}

// search is a quick discovery of some ranges.
func (n *network) search(ranges ...string) snmp.Discovery {
	d := snmp.DefaultDiscovery()
	d.Rate, d.Timeout, d.Credentials = 20_000, 150*time.Millisecond, ways
	scope := snmp.Scope{Name: "test", Port: n.port, Municipality: "461", Site: "odense"}
	for _, r := range ranges {
		scope.CIDRs = append(scope.CIDRs, netip.MustParsePrefix(r))
	}
	d.Scopes = []snmp.Scope{scope}
	return d
}

func run(t *testing.T, d snmp.Discovery) snmp.Discovered {
	t.Helper()
	got, err := d.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// ways in and names by address.
func summary(found []snmp.Found) map[string]string {
	all := map[string]string{}
	for _, f := range found {
		host, _, _ := strings.Cut(f.Address, ":")
		all[host] = f.Credential + " " + f.Seen.SysName
	}
	return all
}

// knowPasswords lets both sides work out the keys of the user's passwords, which takes long on a busy
// machine and is done once for all devices.
func (n *network) knowPasswords(t *testing.T) {
	n.serve("127.46.255.1", secured("first"))
	c := config(snmp.Target{Address: fmt.Sprintf("127.46.255.1:%d", n.port), Credentials: ways[0].Credentials})
	c.Timeout = 10 * time.Second
	if o, _ := look(t, c); o.Status != inventory.StatusOK {
		t.Fatalf("status %s (%s)", o.Status, o.Error)
	}
}

func TestDiscoveryFindsEveryDevice(t *testing.T) {
	n := startNetwork(t)
	n.knowPasswords(t)
	want := map[string]string{}
	for i := range 60 {
		address, name := fmt.Sprintf("127.46.1.%d", 3*i+2), fmt.Sprintf("dev-%d", i)
		switch i % 4 {
		case 0:
			n.serve(address, simple(name, "", "shared-secret"))
			want[address] = "shared " + name
		case 1:
			n.serve(address, secured(name))
			want[address] = "user " + name
		case 2:
			n.serve(address, simple(name, "public", ""))
			want[address] = "old " + name
		case 3:
			n.serve(address, simple(name, "", "never-told"))
		}
	}
	n.serve("127.46.2.9", simple("excluded", "", "shared-secret"))
	d := n.search("127.46.1.0/24", "127.46.2.0/24")
	d.Scopes[0].Exclude = []netip.Prefix{netip.MustParsePrefix("127.46.2.8/30")}
	got := run(t, d)
	if diff := cmp.Diff(want, summary(got.Found)); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	if got.Looked != 508 {
		t.Errorf("looked at %d addresses, want 508", got.Looked)
	}

	// What is found are targets, with findings and without secrets.
	rows, err := json.Marshal(got.Found)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"shared-secret", "auth-password", "priv-password"} {
		if strings.Contains(string(rows), secret) {
			t.Errorf("%s stands in the output", secret)
		}
	}
	for _, f := range got.Found {
		wantDefault := f.Credential == "old"
		if f.Credential != "user" && (f.Seen.DefaultCommunity == nil || *f.Seen.DefaultCommunity != wantDefault) {
			t.Errorf("%s: default community %v", f.Address, f.Seen.DefaultCommunity)
		}
		protocol := map[string]string{"old": "snmpv1", "shared": "snmpv2c", "user": "snmpv3-authpriv"}[f.Credential]
		if !slices.Equal(f.Seen.Protocols, []string{protocol}) || f.Municipality != "461" || f.Site != "odense" {
			t.Errorf("row %+v", f)
		}
	}
	targets, err := snmp.ReadTargets(strings.NewReader(string(rows)), "found.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := snmp.Resolve(targets, nil); err == nil || !strings.Contains(err.Error(), "--credentials") {
		t.Errorf("targets without their credentials: %v", err)
	}
	if targets, err = snmp.Resolve(targets, ways); err != nil {
		t.Fatal(err)
	}
	sink := &collectortest.Recorder{}
	patient := config(targets...)
	patient.Timeout = time.Second
	if err := newCollector(t, patient).Collect(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	for _, o := range sink.Observations() {
		if o.Status != inventory.StatusOK || o.Municipality != "461" {
			t.Errorf("%s: %s (%s)", o.Source, o.Status, o.Error)
		}
	}
}

// asking counts what an address is asked.
type asking struct {
	mu          sync.Mutex
	communities []string // each once, in the order they came
	packets     int
}

func (n *network) silent(t *testing.T, address string) *asking {
	conn, a := n.listen(address), &asking{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 2048)
		for {
			size, _, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if p, err := (&gosnmp.GoSNMP{}).SnmpDecodePacket(slices.Clone(buffer[:size])); err == nil && p.Version != gosnmp.Version3 {
				a.mu.Lock()
				if a.packets++; !slices.Contains(a.communities, p.Community) {
					a.communities = append(a.communities, p.Community)
				}
				a.mu.Unlock()
			}
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return a
}

func (a *asking) asked() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.communities)
}

func TestDiscoveryStopsAfterFailures(t *testing.T) {
	n := startNetwork(t)
	quiet := n.silent(t, "127.46.3.1")
	strict := secured("strict")
	n.serve("127.46.3.2", strict)
	wrong := func(name, password string) snmp.Credential {
		return snmp.Credential{Name: name, Credentials: snmp.Credentials{User: "anna", AuthPassword: snmp.Secret(password), PrivPassword: "priv-password"}}
	}
	d := n.search("127.46.3.0/29")
	d.Credentials = []snmp.Credential{
		wrong("first", "wrong-password-1"), wrong("second", "wrong-password-2"), ways[0],
		{Name: "a", Community: "aa"}, {Name: "b", Community: "bb"}, {Name: "c", Community: "cc"},
	}
	d.MaxAuthFailures = 2
	got := run(t, d)
	if len(got.Found) != 0 || !slices.Equal(got.Locked, []string{fmt.Sprintf("127.46.3.2:%d", n.port)}) {
		t.Errorf("found %v, locked %v", got.Found, got.Locked)
	}
	if asked := quiet.asked(); !slices.Equal(asked, []string{"aa", "bb"}) {
		t.Errorf("the silent address was asked with %v, want the first two communities", asked)
	}
	d.MaxAuthFailures = 3
	if got := summary(run(t, d).Found); got["127.46.3.2"] != "user strict" {
		t.Errorf("with one more try: %v", got)
	}
}

func TestDiscoveryTriesWhatWorkedLastTimeFirst(t *testing.T) {
	n := startNetwork(t)
	quiet := n.silent(t, "127.46.4.1")
	d := n.search("127.46.4.1/32")
	d.Credentials = ways[1:]
	d.LastGood = map[string]string{fmt.Sprintf("127.46.4.1:%d", n.port): "old"}
	run(t, d)
	if asked := quiet.asked(); !slices.Equal(asked, []string{"public", "other-secret", "shared-secret"}) {
		t.Errorf("asked with %v", asked)
	}
}

func TestDiscoveryUsesOnlyTheScopesCredentials(t *testing.T) {
	n := startNetwork(t)
	quiet := n.silent(t, "127.46.5.1")
	d := n.search("127.46.5.1/32")
	d.Scopes[0].Credentials = []string{"shared", "other"}
	run(t, d)
	if asked := quiet.asked(); !slices.Equal(asked, []string{"shared-secret", "other-secret"}) {
		t.Errorf("asked with %v", asked)
	}
	d.Scopes[0].Credentials = []string{"missing"}
	if _, err := d.Run(t.Context()); err == nil || !strings.Contains(err.Error(), `"missing"`) {
		t.Errorf("a scope with an unknown credential: %v", err)
	}
}

func TestDiscoveryCrawlsWithinTheScope(t *testing.T) {
	n := startNetwork(t)
	first := simple("first", "", "shared-secret")
	index := func(oid string) []responder.OID { return []responder.OID{responder.MustOID(oid)} }
	value := func(v responder.Value) func(int, time.Time) responder.Value {
		return func(int, time.Time) responder.Value { return v }
	}
	// LLDP names .2, CDP names .3, ARP names .4 and two that are not to be looked at.
	first.View.Column(responder.MustOID("1.0.8802.1.1.2.1.4.2.1.3"), index("0.1.1.1.4.127.46.6.2"), value(responder.Integer(2)))
	first.View.Column(responder.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1.3"), index("1.1"), value(responder.Integer(1)))
	first.View.Column(responder.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1.4"), index("1.1"), value(responder.Octets([]byte{127, 46, 6, 3})))
	arp := []responder.OID{responder.MustOID("1.127.46.6.4"), responder.MustOID("1.127.46.6.99"), responder.MustOID("1.127.46.7.1")}
	first.View.Column(responder.MustOID("1.3.6.1.2.1.4.22.1.2"), arp, value(responder.Octets([]byte{2, 0, 0, 0, 0, 1})))
	n.serve("127.46.6.1", first)
	second := simple("second", "", "shared-secret")
	second.View.Column(responder.MustOID("1.3.6.1.2.1.4.35.1.4"), index("1.1.4.127.46.6.5"), value(responder.Octets([]byte{2, 0, 0, 0, 0, 1})))
	n.serve("127.46.6.2", second)
	for i, name := range []string{"third", "fourth", "fifth", "unheard of"} {
		n.serve(fmt.Sprintf("127.46.6.%d", i+3), simple(name, "", "shared-secret"))
	}
	n.serve("127.46.6.99", simple("excluded", "", "shared-secret"))
	n.serve("127.46.7.1", simple("outside", "", "shared-secret"))

	d := n.search("127.46.6.0/24")
	d.Scopes[0].Exclude = []netip.Prefix{netip.MustParsePrefix("127.46.6.99/32")}
	d.Scopes[0].Seeds = []netip.Prefix{netip.MustParsePrefix("127.46.6.1/32")}
	d.Scopes[0].Credentials = []string{"shared"}
	want := map[string]string{"127.46.6.1": "shared first"}
	if diff := cmp.Diff(want, summary(run(t, d).Found)); diff != "" {
		t.Errorf("without crawling (-want +got):\n%s", diff)
	}
	d.Crawl = true
	for i, name := range []string{"second", "third", "fourth", "fifth"} {
		want[fmt.Sprintf("127.46.6.%d", i+2)] = "shared " + name
	}
	got := run(t, d)
	if diff := cmp.Diff(want, summary(got.Found)); diff != "" {
		t.Errorf("with crawling (-want +got):\n%s", diff)
	}
	if via := got.Found[4].Seen.Via; via != fmt.Sprintf("127.46.6.2:%d", n.port) {
		t.Errorf("the fifth device was named by %q", via)
	}
}

func TestDiscoveryOnALossyNetwork(t *testing.T) {
	n := startNetwork(t)
	n.knowPasswords(t)
	for i := range 50 {
		a := simple(fmt.Sprint("dev-", i), "", "shared-secret")
		if i%2 == 0 {
			a = secured(fmt.Sprint("dev-", i))
		}
		a.Faults.Loss = 0.05
		n.serve(fmt.Sprintf("127.46.8.%d", i+1), a)
	}
	d := n.search("127.46.8.0/25")
	d.Rounds, d.Credentials = 5, []snmp.Credential{ways[0], ways[2]}
	if got := run(t, d); len(got.Found) != 50 {
		t.Errorf("%d of 50 found", len(got.Found))
	}
}

func TestDiscoveryEndsWithItsContext(t *testing.T) {
	n := startNetwork(t)
	d := n.search("127.46.0.0/17")
	d.Rate = 10
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := d.Run(ctx); err == nil {
		t.Error("no error although the search was stopped")
	}
}

func TestReadCredentialsAndScopes(t *testing.T) {
	t.Setenv("TEST_COMMUNITY", "from-the-environment")
	credentials, err := snmp.ReadCredentials(strings.NewReader(`credentials:
  - name: legacy
    community: {env: TEST_COMMUNITY}
  - name: v3
    credentials: {user: anna, auth_password: auth-password, priv_password: priv-password}
`), "credentials.yaml")
	want := []snmp.Credential{
		{Name: "legacy", Community: "from-the-environment"},
		{Name: "v3", Credentials: snmp.Credentials{User: "anna", AuthPassword: "auth-password", PrivPassword: "priv-password"}},
	}
	if diff := cmp.Diff(want, credentials); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for text, says := range map[string]string{
		"":          "no credential",
		"other: []": "c.yaml:1:1: want the one key credentials",
		"credentials: [{name: a, community: x}, {name: a, community: y}]": "stands twice",
		"credentials: [{community: x}]":                                   "name is missing",
		"credentials: [{name: a}]":                                        "community is missing",
		"credentials: [{name: a, comunity: x}]":                           `c.yaml:1:25: unknown key "comunity"`,
	} {
		if _, err := snmp.ReadCredentials(strings.NewReader(text), "c.yaml"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want one that says %q", text, err, says)
		}
	}
	scopes, err := snmp.ReadScopes(strings.NewReader("scopes:\n  - {name: odense, cidrs: [10.46.0.0/16], exclude: [10.46.9.0/24], municipality: \"461\", credentials: [v3, legacy]}\n"), "scopes.yaml")
	if err != nil || len(scopes) != 1 || scopes[0].CIDRs[0] != netip.MustParsePrefix("10.46.0.0/16") || len(scopes[0].Credentials) != 2 {
		t.Errorf("%v: %+v", err, scopes)
	}
	for text, says := range map[string]string{
		"": "no scope", "scopes: [{name: a}]": "cidrs is empty", "scopes: [{name: a, cidrs: [10.0.0.0/99]}]": "10.0.0.0/99",
		"scopes: [{name: a, cidr: []}]": "cidr", "scopes: [{name: a, cidrs: [10.0.0.0/8], municipality: odense}]": "three-digit",
	} {
		if _, err := snmp.ReadScopes(strings.NewReader(text), "s.yaml"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want one that says %q", text, err, says)
		}
	}
}

func TestSampleCredentialsAndScopes(t *testing.T) {
	t.Setenv("SAMDRIFT_SNMP_COMMUNITY", "hemmelig")
	t.Setenv("SAMDRIFT_SNMP_AUTH", "auth-password")
	t.Setenv("SAMDRIFT_SNMP_PRIV", "priv-password")
	open := func(name string) *os.File {
		file, err := os.Open("../../docs/samples/" + name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = file.Close() })
		return file
	}
	d := snmp.DefaultDiscovery()
	var err error
	if d.Credentials, err = snmp.ReadCredentials(open("snmp-credentials.yaml"), "snmp-credentials.yaml"); err != nil {
		t.Fatal(err)
	}
	if d.Scopes, err = snmp.ReadScopes(open("snmp-scopes.yaml"), "snmp-scopes.yaml"); err != nil {
		t.Fatal(err)
	}
	if err := d.Validate(); err != nil {
		t.Error(err)
	}
}
