package recording_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/collectors/simulated/recording"
)

const sample = `# a comment
1.3.6.1.2.1.1.5.0|4x|6465762d31
1.3.6.1.2.1.1.1.0|4|Switch | with a bar
1.3.6.1.2.1.1.1.0|4|a second value of the same object
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072
1.3.6.1.2.1.1.3.0|67|123456
1.3.6.1.2.1.1.4.0|4e|two\nlines\x21
1.3.6.1.2.1.4.20.1.1.10.0.0.1|64|10.0.0.1
1.3.6.1.2.1.4.20.1.1.10.0.0.2|64x|0a000002
1.3.6.1.2.1.2.2.1.10.1|65|4294967295
1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615
1.3.6.1.2.1.99.1|2|-5
not a line
`

// net-snmp's own tools read what a recording holds, in the right order.
func TestServe(t *testing.T) {
	walk, err := exec.LookPath("snmpbulkwalk")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("snmpbulkwalk is not installed: apt-get install snmp")
		}
		t.Skip("SKIPPED, NO snmpbulkwalk: apt-get install snmp")
	}
	folder := t.TempDir()
	for name, text := range map[string]string{"dev": sample, "dev@20": "1.3.6.1.2.1.17.4.3.1.2.1|2|3\n"} {
		if err := os.WriteFile(filepath.Join(folder, name+recording.Suffix), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	device, err := recording.Open(folder, "dev")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- device.Serve(ctx, conn) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	for community, want := range map[string]string{
		"dev": `.1.3.6.1.2.1.1.1.0 "Switch | with a bar"
.1.3.6.1.2.1.1.2.0 .1.3.6.1.4.1.8072
.1.3.6.1.2.1.1.3.0 123456
.1.3.6.1.2.1.1.4.0 "two
lines!"
.1.3.6.1.2.1.1.5.0 "dev-1"
.1.3.6.1.2.1.2.2.1.10.1 4294967295
.1.3.6.1.2.1.4.20.1.1.10.0.0.1 10.0.0.1
.1.3.6.1.2.1.4.20.1.1.10.0.0.2 10.0.0.2
.1.3.6.1.2.1.31.1.1.1.6.1 18446744073709551615
.1.3.6.1.2.1.99.1 -5
`,
		"dev@20": ".1.3.6.1.2.1.17.4.3.1.2.1 3\n",
	} {
		out, err := exec.Command(walk, "-v2c", "-c", community, "-On", "-Oq", "-Oe", "-Ot", "-m", "", conn.LocalAddr().String(), ".1").CombinedOutput()
		if err != nil {
			t.Fatalf("snmpbulkwalk: %v\n%s", err, out)
		}
		if got := strings.ReplaceAll(string(out), "No more variables left in this MIB View (It is past the end of the MIB tree)\n", ""); !strings.HasPrefix(got, want) {
			t.Errorf("community %s:\n%s\nwant:\n%s", community, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("1.3|4x|zz\n1.|2|\n|||")
	f.Fuzz(func(t *testing.T, text string) {
		rec, err := recording.Read(strings.NewReader(text))
		if err == nil && rec.View == nil {
			t.Error("no error and no view")
		}
	})
}
