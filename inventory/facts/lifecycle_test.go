package facts_test

import (
	"testing"

	"github.com/samdrift/samdrift/inventory/facts"
)

func TestLifecycle(t *testing.T) {
	for _, c := range []struct {
		name, version, release, end string
	}{
		{"Windows Server", "2012 R2", "Windows Server 2012 R2", "2023-10-10"},
		{"Windows Server", "2012", "Windows Server 2012", "2023-10-10"},
		{"Microsoft Windows Server 2019 Standard", "10.0.17763", "Windows Server 2019", "2029-01-09"},
		{"Microsoft Windows Server 2008 R2 Enterprise", "", "Windows Server 2008 R2", "2020-01-14"},
		{"windows-server", "6.3.9600", "Windows Server 2012 R2", "2023-10-10"},
		{"Windows 10 Pro", "22H2", "Windows 10", "2025-10-14"},
		{"Windows", "10.0.22631.4317", "Windows 11 23H2", "2026-11-10"},
		{"Windows", "10.0.99999", "", ""}, // an unlisted build is not Windows 10
		{"Windows 11", "", "", ""},        // depends on the release
		{"Windows 10 Enterprise LTSC", "10.0.17763", "Windows 10 LTSC 2019", "2029-01-09"},
		{"Debian GNU/Linux", "12.5", "Debian 12", "2028-06-30"},
		{"debian", "9", "Debian 9", "2022-06-30"},
		{"Ubuntu", "20.04.6 LTS", "Ubuntu 20.04", "2025-05-31"},
		{"Ubuntu", "21.10", "", ""},
		{"RHEL", "8.6", "RHEL 8", "2029-05-31"},
		{"Red Hat Enterprise Linux Server", "7.9", "RHEL 7", "2024-06-30"},
		{"RHEL", "80", "", ""},
		{"SLES", "15.4", "SLES 15 SP4", "2023-12-31"},
		{"SUSE Linux Enterprise Server 12 SP5", "", "SLES 12 SP5", "2024-10-31"},
		{"SLES", "15", "", ""}, // without its service pack nobody can tell
		{"Oracle Linux Server", "7.9", "Oracle Linux 7", "2024-12-31"},
		{"CentOS Linux", "8", "CentOS 8", "2021-12-31"},
		{"CentOS Stream", "8", "CentOS Stream 8", "2024-05-31"},
		{"CentOS", "Stream 9", "CentOS Stream 9", "2027-05-31"},
		{"VMware ESXi", "6.7.0", "VMware ESXi 6.7", "2022-10-15"},
		{"VMware ESXi", "8.0.3", "VMware ESXi 8.0", "2027-10-11"},
		{"BeOS", "5", "", ""},
		{"Windowsill", "10", "", ""},
		{"", "12", "", ""},
		{"Debian", "", "", ""},
	} {
		got, ok := facts.Lifecycle(c.name, c.version)
		release := ""
		if ok {
			release = got.String()
		}
		if release != c.release || got.End.String() != c.end {
			t.Errorf("Lifecycle(%q, %q) = %q ending %q, want %q ending %q", c.name, c.version, release, got.End, c.release, c.end)
		}
	}
}

// Every listed release must be found by its own words, or a nearby one hides it.
func TestLifecycleFindsEveryRelease(t *testing.T) {
	count := 0
	for _, p := range facts.Lifecycles().Products {
		for _, c := range p.Cycles {
			count++
			for _, alias := range p.Aliases {
				got, ok := facts.Lifecycle(alias, c.Version)
				if !ok || got.End != c.End {
					t.Errorf("Lifecycle(%q, %q) = %s ending %s, want %s ending %s", alias, c.Version, got, got.End, c, c.End)
				}
			}
			for _, text := range c.Also {
				if got, ok := facts.Lifecycle(p.Aliases[0], text); !ok || got.String() != c.String() {
					t.Errorf("Lifecycle(%q, %q) = %s, want %s", p.Aliases[0], text, got, c)
				}
			}
		}
	}
	if count < 90 {
		t.Errorf("only %d releases are listed; the table was cut", count)
	}
}

func TestLifecyclesSayWhereTheyAreFrom(t *testing.T) {
	table := facts.Lifecycles()
	if !table.Date.Known() || table.Source == "" {
		t.Errorf("table of %q from %q, want a date and a source", table.Date, table.Source)
	}
	for _, p := range table.Products {
		for _, c := range p.Cycles {
			if c.Source == "" || table.Confidence[c.Confidence] == "" {
				t.Errorf("%s has source %q and confidence %q, want both known", c, c.Source, c.Confidence)
			}
		}
	}
}

func FuzzLifecycle(f *testing.F) {
	f.Add("Windows Server", "2012 R2")
	f.Add("microsoft", "")
	f.Add("debian", "12.")
	f.Fuzz(func(t *testing.T, name, version string) {
		if c, ok := facts.Lifecycle(name, version); ok && (!c.End.Known() || c.Product == "") {
			t.Errorf("Lifecycle(%q, %q) found %+v without product or end", name, version, c)
		}
	})
}
