package responder_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
)

var started = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

const rows = 60

// device is a small one that speaks everything.
func device() *responder.Agent {
	v := &responder.View{}
	v.Scalar(responder.MustOID("1.3.6.1.2.1.1.1"), func(time.Time) responder.Value { return responder.Text("demo device") })
	v.Scalar(responder.MustOID("1.3.6.1.2.1.1.2"), func(time.Time) responder.Value {
		return responder.Object(responder.MustOID("1.3.6.1.4.1.8072.3.2.10"))
	})
	v.Scalar(responder.MustOID("1.3.6.1.2.1.1.3"), func(now time.Time) responder.Value { return responder.Ticks(now.Sub(started)) })
	v.Scalar(responder.MustOID("1.3.6.1.2.1.2.1"), func(time.Time) responder.Value { return responder.Integer(-129) })
	var index []responder.OID
	for i := range uint32(rows) {
		index = append(index, responder.OID{i + 1})
	}
	v.Column(responder.MustOID("1.3.6.1.2.1.31.1.1.1.6"), index, func(row int, _ time.Time) responder.Value {
		return responder.Counter64(1<<63 + uint64(row))
	})
	v.Column(responder.MustOID("1.3.6.1.2.1.2.2.1.10"), index, func(row int, _ time.Time) responder.Value {
		return responder.Counter32(uint64(row) << 25)
	})
	return &responder.Agent{
		View: v, V1: "one", V2c: "two",
		Users: []responder.User{
			{Name: "open"},
			{Name: "signed", Auth: "sha", AuthPassword: "auth-password"},
			{Name: "aes128", Auth: "sha256", AuthPassword: "auth-password", Priv: "aes", PrivPassword: "priv-password"},
			{Name: "aes256", Auth: "sha256", AuthPassword: "auth-password", Priv: "aes256", PrivPassword: "priv-password"},
			{Name: "aes512", Auth: "sha512", AuthPassword: "auth-password", Priv: "aes256", PrivPassword: "priv-password"},
			{Name: "short", Auth: "sha", AuthPassword: "auth-password", Priv: "aes256", PrivPassword: "priv-password"},
		},
		EngineID: []byte("\x80\x00\x1f\x88\x04demo"), Boots: 3, Started: started,
	}
}

// serve runs an agent on a free port of loopback, an hour after it started, and gives its address.
func serve(t *testing.T, a *responder.Agent) *net.UDPAddr {
	t.Helper()
	return serveAt(t, a, func() time.Time { return started.Add(time.Hour) })
}

func serveAt(t *testing.T, a *responder.Agent, now func() time.Time) *net.UDPAddr {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := responder.Serve(ctx, conn, a, now); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	return conn.LocalAddr().(*net.UDPAddr)
}

// tool runs one of net-snmp's programs and gives what it wrote, or skips the test.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		const missing = "%s is not installed, so the responder is not checked against net-snmp: apt-get install snmp"
		if os.Getenv("CI") != "" {
			t.Fatalf(missing, name)
		}
		t.Skipf("SKIPPED: "+missing, name)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		return err.Error() + ": " + string(out)
	}
	return string(out)
}

func TestNetSNMPReadsEveryVersion(t *testing.T) {
	address := serve(t, device()).String()
	v3 := func(user, level string, more ...string) []string {
		return append([]string{"-v3", "-u", user, "-l", level}, more...)
	}
	for name, access := range map[string][]string{
		"v1":                 {"-v1", "-c", "one"},
		"v2c":                {"-v2c", "-c", "two"},
		"v3 open":            v3("open", "noAuthNoPriv"),
		"v3 SHA":             v3("signed", "authNoPriv", "-a", "SHA", "-A", "auth-password"),
		"v3 SHA-256 AES-128": v3("aes128", "authPriv", "-a", "SHA-256", "-A", "auth-password", "-x", "AES", "-X", "priv-password"),
		"v3 SHA-256 AES-256": v3("aes256", "authPriv", "-a", "SHA-256", "-A", "auth-password", "-x", "AES-256", "-X", "priv-password"),
		"v3 SHA-512 AES-256": v3("aes512", "authPriv", "-a", "SHA-512", "-A", "auth-password", "-x", "AES-256", "-X", "priv-password"),
		"v3 SHA AES-256":     v3("short", "authPriv", "-a", "SHA", "-A", "auth-password", "-x", "AES-256", "-X", "priv-password"),
	} {
		t.Run(name, func(t *testing.T) {
			common := append(access, "-On", "-Oe", "-Ot", "-t", "2", "-r", "1", address)
			got := tool(t, "snmpget", append(common, ".1.3.6.1.2.1.1.1.0", ".1.3.6.1.2.1.1.2.0", ".1.3.6.1.2.1.1.3.0", ".1.3.6.1.2.1.2.1.0")...)
			want := `.1.3.6.1.2.1.1.1.0 = STRING: "demo device"
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.8072.3.2.10
.1.3.6.1.2.1.1.3.0 = 360000
.1.3.6.1.2.1.2.1.0 = INTEGER: -129
`
			if diff := cmp.Diff(want, strings.ReplaceAll(got, "STRING: demo device", `STRING: "demo device"`)); diff != "" {
				t.Errorf("snmpget (-want +got):\n%s", diff)
			}
			walk, counters := "snmpbulkwalk", rows
			if name == "v1" {
				walk, counters = "snmpwalk", 0 // version 1 cannot carry 64-bit counters
			}
			got = tool(t, walk, append(common, ".1.3.6.1.2.1")...)
			if n := strings.Count(got, "Counter32"); n != rows {
				t.Errorf("%s found %d of %d rows:\n%s", walk, n, rows, got)
			}
			if n := strings.Count(got, "Counter64: 92233720368547758"); n != counters {
				t.Errorf("%s found %d 64-bit counters, want %d", walk, n, counters)
			}
		})
	}
}

func TestNetSNMPIsToldWhatIsWrong(t *testing.T) {
	address := serve(t, device()).String()
	get := func(access ...string) string {
		return tool(t, "snmpget", append(access, "-On", "-t", "1", "-r", "0", address, ".1.3.6.1.2.1.1.1.0")...)
	}
	for name, c := range map[string]struct{ got, want string }{
		"wrong community":  {get("-v2c", "-c", "three"), "Timeout"},
		"unknown user":     {get("-v3", "-u", "nobody", "-l", "noAuthNoPriv"), "Unknown user name"},
		"wrong password":   {get("-v3", "-u", "signed", "-l", "authNoPriv", "-a", "SHA", "-A", "other-password"), "Authentication failure"},
		"too low a level":  {get("-v3", "-u", "aes256", "-l", "noAuthNoPriv"), "Unsupported security level"},
		"too high a level": {get("-v3", "-u", "signed", "-l", "authPriv", "-a", "SHA", "-A", "auth-password", "-x", "AES", "-X", "priv-password"), "Unsupported security level"},
		"wrong key": {get("-v3", "-u", "aes256", "-l", "authPriv", "-a", "SHA-256", "-A", "auth-password", "-x", "AES-256", "-X", "other-password"),
			"Decryption error"},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("%s: snmpget said %q, want %q", name, c.got, c.want)
		}
	}
}

// client is gosnmp on an agent.
func client(t *testing.T, a *responder.Agent) *gosnmp.GoSNMP {
	t.Helper()
	address := serve(t, a)
	g := &gosnmp.GoSNMP{
		Target: "127.0.0.1", Port: uint16(address.Port), Version: gosnmp.Version2c, Community: "two",
		Timeout: time.Second, MaxOids: 60, MaxRepetitions: 25,
	}
	return g
}

func connect(t *testing.T, g *gosnmp.GoSNMP) {
	t.Helper()
	if err := g.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Conn.Close() })
}

func TestGosnmpReadsAES256(t *testing.T) {
	g := client(t, device())
	g.Version, g.Community = gosnmp.Version3, ""
	g.SecurityModel, g.MsgFlags = gosnmp.UserSecurityModel, gosnmp.AuthPriv
	g.SecurityParameters = &gosnmp.UsmSecurityParameters{
		UserName: "aes256", AuthenticationProtocol: gosnmp.SHA256, AuthenticationPassphrase: "auth-password",
		PrivacyProtocol: gosnmp.AES256, PrivacyPassphrase: "priv-password",
	}
	connect(t, g)
	got, err := g.BulkWalkAll("1.3.6.1.2.1.31.1.1.1.6")
	if err != nil || len(got) != rows {
		t.Fatalf("walk gave %d rows of %d, error %v", len(got), rows, err)
	}
	if got[59].Value != uint64(1<<63+59) {
		t.Errorf("last row is %v", got[59].Value)
	}
}

// TestClockIsKept lets the device's clock run away between two requests: the stale time is reported,
// and the client finds its way back with what the report says.
func TestClockIsKept(t *testing.T) {
	var later atomic.Int64
	a := device()
	address := serveAt(t, a, func() time.Time { return started.Add(time.Hour + time.Duration(later.Load())) })
	var reports atomic.Int32
	g := &gosnmp.GoSNMP{
		Target: "127.0.0.1", Port: uint16(address.Port), Version: gosnmp.Version3, Timeout: time.Second, Retries: 1, MaxOids: 60,
		SecurityModel: gosnmp.UserSecurityModel, MsgFlags: gosnmp.AuthPriv,
		SecurityParameters: &gosnmp.UsmSecurityParameters{
			UserName: "aes128", AuthenticationProtocol: gosnmp.SHA256, AuthenticationPassphrase: "auth-password",
			PrivacyProtocol: gosnmp.AES, PrivacyPassphrase: "priv-password",
		},
		OnRecv: func(*gosnmp.GoSNMP) { reports.Add(1) },
	}
	connect(t, g)
	read := func() {
		t.Helper()
		got, err := g.Get([]string{"1.3.6.1.2.1.1.1.0"})
		if err != nil || string(got.Variables[0].Value.([]byte)) != "demo device" {
			t.Fatalf("got %v, error %v", got, err)
		}
	}
	read()
	before := reports.Load()
	later.Store(int64(200 * time.Second))
	read()
	if n := reports.Load() - before; n != 2 {
		t.Errorf("%d packets after the clock ran away, want a report and an answer", n)
	}
}

func TestFaultsOfDevices(t *testing.T) {
	const column = "1.3.6.1.2.1.2.2.1.10"
	at := func(n uint32) responder.OID { return responder.MustOID(column).With(n) }
	t.Run("loop", func(t *testing.T) {
		a := device()
		a.Faults.LoopAfter, a.Faults.LoopTo = at(30), at(10)
		g := client(t, a)
		connect(t, g)
		if _, err := g.BulkWalkAll(column); err == nil || !strings.Contains(err.Error(), "not increasing") {
			t.Errorf("walking a loop ended with %v", err)
		}
	})
	t.Run("stop", func(t *testing.T) {
		a := device()
		a.Faults.StopAfter = at(30)
		g := client(t, a)
		g.Timeout = 100 * time.Millisecond
		connect(t, g)
		got, err := g.BulkWalkAll(column)
		if err == nil || len(got) != 30 {
			t.Errorf("a device that stops gave %d rows and error %v", len(got), err)
		}
	})
	t.Run("too big", func(t *testing.T) {
		a := device()
		a.Faults.TooBig = 10
		g := client(t, a)
		connect(t, g)
		answer, err := g.GetBulk([]string{column}, 0, 25)
		if err != nil || answer.Error != gosnmp.TooBig {
			t.Errorf("25 repetitions were answered by %v, %v", answer, err)
		}
		if answer, err = g.GetBulk([]string{column}, 0, 10); err != nil || len(answer.Variables) != 10 {
			t.Errorf("10 repetitions were answered by %v, %v", answer, err)
		}
	})
	t.Run("silent", func(t *testing.T) {
		a := device()
		a.Faults.Silent = true
		g := client(t, a)
		g.Timeout = 100 * time.Millisecond
		connect(t, g)
		if _, err := g.Get([]string{column + ".1"}); err == nil {
			t.Error("a silent device answered")
		}
	})
	t.Run("small answers", func(t *testing.T) {
		a := device()
		a.MaxSize = 484
		g := client(t, a)
		connect(t, g)
		answer, err := g.GetBulk([]string{column}, 0, 60)
		if err != nil || len(answer.Variables) == 0 || len(answer.Variables) >= 60 {
			t.Errorf("an answer of 484 bytes holds %v, %v", answer, err)
		}
	})
}

func TestSetIsRefused(t *testing.T) {
	g := client(t, device())
	connect(t, g)
	answer, err := g.Set([]gosnmp.SnmpPDU{{Name: "1.3.6.1.2.1.1.1.0", Type: gosnmp.OctetString, Value: "mine"}})
	if err != nil || answer.Error != gosnmp.NotWritable {
		t.Errorf("set was answered by %v, %v", answer, err)
	}
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	for want, spoil := range map[string]func(*responder.Agent){
		"no view":              func(a *responder.Agent) { a.View = nil },
		"engine id has 2":      func(a *responder.Agent) { a.EngineID = []byte("ab") },
		`authentication "md5"`: func(a *responder.Agent) { a.Users[1].Auth = "md5" },
		`encryption "des"`:     func(a *responder.Agent) { a.Users[2].Priv = "des" },
		"does not sign":        func(a *responder.Agent) { a.Users[2].AuthPassword = "" },
		"lies inside column": func(a *responder.Agent) {
			a.View.Scalar(responder.MustOID("1.3.6.1.2.1.1.1.0.1"), func(time.Time) responder.Value { return responder.Integer(1) })
		},
		"do not ascend": func(a *responder.Agent) {
			a.View.Column(responder.MustOID("1.3.7"), []responder.OID{{2}, {1}}, func(int, time.Time) responder.Value { return responder.Integer(1) })
		},
	} {
		a := device()
		spoil(a)
		if err := a.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one with %q", err, want)
		}
	}
	if _, err := responder.ParseOID("1.3.x"); err == nil {
		t.Error("OID 1.3.x was read")
	}
}

// FuzzAnswer checks that no packet breaks a device, and that whatever it answers is a packet that
// an independent decoder can read.
func FuzzAnswer(f *testing.F) {
	a := device()
	if err := a.Validate(); err != nil {
		f.Fatal(err)
	}
	for _, version := range []gosnmp.SnmpVersion{gosnmp.Version1, gosnmp.Version2c} {
		for _, kind := range []gosnmp.PDUType{gosnmp.GetRequest, gosnmp.GetNextRequest, gosnmp.GetBulkRequest, gosnmp.SetRequest} {
			p := gosnmp.SnmpPacket{
				Version: version, Community: "two", PDUType: kind, RequestID: 7, MaxRepetitions: 20,
				Variables: []gosnmp.SnmpPDU{{Name: ".1.3.6.1.2.1.2.2.1.10", Type: gosnmp.Null}},
			}
			data, err := p.MarshalMsg()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
			f.Add(data[:len(data)-3])
		}
	}
	// A discovery of the engine, as net-snmp sends it.
	f.Add([]byte("\x30\x3e\x02\x01\x03\x30\x11\x02\x04\x20\xdd\x06\xa7\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03\x04\x10\x30\x0e\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00\x30\x14\x04\x00\x04\x00\xa0\x0e\x02\x04\x38\x4c\xeb\x4c\x02\x01\x00\x02\x01\x00\x30\x00"))
	f.Fuzz(func(t *testing.T, packet []byte) {
		answer := a.Answer(packet, started.Add(time.Hour))
		if answer == nil {
			return
		}
		if len(answer) > 4096 {
			t.Errorf("answer of %d bytes to a packet of %d", len(answer), len(packet))
		}
		if bytes.Contains(answer[:8], []byte{2, 1, 3}) {
			return // gosnmp's decoder wants a session for version 3
		}
		if _, err := (&gosnmp.GoSNMP{}).SnmpDecodePacket(answer); err != nil {
			t.Errorf("answer %x to %x: %v", answer, packet, err)
		}
	})
}

// A distant device answers many askers at a time, and a lossy way takes some packets but not all.
func TestLatencyAndLoss(t *testing.T) {
	a := device()
	a.Faults = responder.Faults{Latency: 20 * time.Millisecond, Loss: 0.2}
	g := client(t, a)
	g.Timeout, g.Retries = 100*time.Millisecond, 20
	retries := 0
	g.OnRetry = func(*gosnmp.GoSNMP) { retries++ }
	connect(t, g)
	for range 40 {
		if answer, err := g.Get([]string{".1.3.6.1.2.1.1.1.0"}); err != nil || len(answer.Variables) != 1 {
			t.Fatalf("got %v, %v", answer, err)
		}
	}
	if retries == 0 || retries > 60 {
		t.Errorf("%d of 40 requests had to be sent again", retries)
	}
}
