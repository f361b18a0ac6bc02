package proxmox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// config is a server's configuration: each setting as the text that it is in the file (qm.conf).
type config map[string]string

// UnmarshalJSON takes the API's object, in which the same setting may be text or a number.
func (c *config) UnmarshalJSON(data []byte) error {
	var values map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		return err
	}
	*c = config{}
	for key, v := range values {
		(*c)[key] = fmt.Sprint(v)
	}
	return nil
}

// properties is a setting of several parts, as in "local-lvm:vm-100-disk-0,iothread=1,size=32G".
type properties map[string]string

// parse divides a setting; unnamed is the name of the one part that may stand without.
func parse(text, unnamed string) (properties, error) {
	p := properties{}
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		key, value, named := strings.Cut(part, "=")
		if !named {
			key, value = unnamed, part
		}
		if _, twice := p[key]; twice || key == "" {
			return nil, fmt.Errorf("part %q is there twice, or has no name", key)
		}
		p[key] = value
	}
	return p, nil
}

// truth tells whether a text is one of those that Proxmox VE takes for yes.
func truth(text string) bool {
	switch strings.ToLower(text) {
	case "1", "on", "yes", "true":
		return true
	}
	return false
}

// number is a setting that counts something, the given one when it is not set or not a number.
func (c config) number(key string, otherwise int) int {
	if n, err := strconv.Atoi(c[key]); err == nil {
		return n
	}
	return otherwise
}

// memory is the memory in MB; 512 is Proxmox VE's own default.
func (c config) memory() int64 {
	p, err := parse(c["memory"], "current")
	if err == nil {
		if mb, err := strconv.ParseInt(p["current"], 10, 64); err == nil {
			return mb
		}
	}
	return 512
}

// agent tells whether the guest agent is switched on.
func (c config) agent() bool {
	p, err := parse(c["agent"], "enabled")
	return err == nil && truth(p["enabled"])
}

// uuid is the one that the server itself sees in its firmware. The other parts of the setting may be in
// base64, this one never is.
func (c config) uuid() string {
	p, err := parse(c["smbios1"], "")
	if err != nil {
		return ""
	}
	return strings.ToLower(p["uuid"])
}

// indexed divides the name of a setting of which there are several ("scsi12").
func indexed(key string) (kind string, n int, ok bool) {
	kind = strings.TrimRight(key, "0123456789")
	n, err := strconv.Atoi(key[len(kind):])
	return kind, n, err == nil && kind != ""
}

// gigabytes is a size such as 32G, 528K or 1.5T in whole gigabytes, rounded down as the provider does.
func gigabytes(size string) (int64, bool) {
	if size == "" {
		return 0, false
	}
	power := strings.IndexByte("KMGTkmgt", size[len(size)-1])
	digits := size
	if power >= 0 {
		digits = size[:len(size)-1]
		power = power%4 + 1
	} else {
		power = 0
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || n < 0 || n > 1<<40 {
		return 0, false
	}
	for range power {
		n *= 1024
	}
	return int64(n / (1 << 30)), true
}
