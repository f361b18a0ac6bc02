package nis2

import (
	"fmt"
	"slices"
	"strings"
)

// adminPorts are the ports that administration and databases use.
var adminPorts = []int{22, 23, 161, 445, 623, 1433, 3306, 3389, 5432, 5900, 5985}

// The least size of an RSA key, the largest of any elliptic curve in use, and how long before its end a
// certificate must be renewed.
const (
	leastRSABits    = 2048
	largestCurve    = 521
	ambiguousBits   = 512 // an RSA key or the largest Brainpool curve
	certificateDays = 14
)

// domainsProtected is 21g-05: domains without a DMARC policy that does something, without SPF, or that are
// not signed.
func domainsProtected(e *estate, t *tally) {
	f, rows := e.facts[DatasetDNS], verdicts{}
	for _, d := range f.Domains {
		fails := d.DMARC == "none" || d.DMARC == "missing" || isNot(d.SPF) || isNot(d.DNSSEC)
		rows.add(strings.ToLower(strings.TrimSuffix(d.Domain, ".")), f.TakenAt, fails, d.DMARC == "" || d.SPF == nil || d.DNSSEC == nil)
	}
	rows.tell(t)
}

// fewServices is 21g-06: services that can be reached from the internet and are for administration or
// databases without approval, or have no owner.
func fewServices(e *estate, t *tally) {
	f, rows := e.facts[DatasetOutside], verdicts{}
	kept := slices.ContainsFunc(f.Exposed, func(x Exposed) bool { return x.Owned })
	for _, x := range f.Exposed {
		admin := slices.Contains(adminPorts, x.Port)
		fails := admin && isNot(x.Approved) || kept && !x.Owned
		rows.add(fmt.Sprintf("%s %s/%d", x.Address, first(x.Protocol, "tcp"), x.Port), x.ScannedAt, fails, !kept || admin && x.Approved == nil)
	}
	rows.tell(t)
}

// modernTLS is 21h-02: endpoints that accept a version below TLS 1.2, have an RSA key below 2048 bits or a
// certificate signed with SHA-1.
func modernTLS(e *estate, t *tally) {
	f, rows := e.facts[DatasetTLS], verdicts{}
	for _, x := range f.Endpoints {
		old := x.MinVersion != "" && x.MinVersion != "tls1.2" && x.MinVersion != "tls1.3"
		short := x.KeyBits != nil && *x.KeyBits < leastRSABits && *x.KeyBits > largestCurve
		signature := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(x.Signature))
		sha1 := strings.Contains(signature, "sha1")
		unknown := x.MinVersion == "" || x.KeyBits == nil || *x.KeyBits == ambiguousBits || x.Signature == ""
		rows.add(x.Endpoint, f.TakenAt, old || short || sha1, unknown)
	}
	rows.tell(t)
}

// certificatesRenewed is 21h-03: certificates that have expired or will within 14 days, or that nobody owns.
func certificatesRenewed(e *estate, t *tally) {
	f, rows := e.facts[DatasetTLS], verdicts{}
	kept := slices.ContainsFunc(f.Endpoints, func(x Endpoint) bool { return x.Owned })
	for _, x := range f.Endpoints {
		ends := x.NotAfter.Known() && x.NotAfter <= e.in.AsOf.AddDays(certificateDays)
		rows.add(x.Endpoint, f.TakenAt, ends || kept && !x.Owned, !x.NotAfter.Known() || !kept)
	}
	rows.tell(t)
}
