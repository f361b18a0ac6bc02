package responder

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // SNMPv3 users with SHA-1 are met in real networks
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"hash"
	"sync"
	"sync/atomic"
)

// User is an SNMPv3 user. Without AuthPassword messages are not signed, without PrivPassword they
// are not encrypted.
type User struct {
	Name         string
	Auth         string // sha, sha224, sha256, sha384, sha512
	AuthPassword string
	Priv         string // aes, aes192, aes256
	PrivPassword string
}

// level gives the flags of the messages that the user sends.
func (u *User) level() byte {
	switch {
	case u.AuthPassword == "":
		return 0
	case u.PrivPassword == "":
		return flagAuth
	}
	return flagAuth | flagPriv
}

// authProtocols by name: the hash and how much of it is sent (RFC 3414, RFC 7860).
var authProtocols = map[string]struct {
	hash func() hash.Hash
	sent int
}{
	"sha": {sha1.New, 12}, "sha224": {sha256.New224, 16}, "sha256": {sha256.New, 24},
	"sha384": {sha512.New384, 32}, "sha512": {sha512.New, 48},
}

// privKeySizes by name, in bytes (RFC 3826, draft-blumenthal-aes-usm).
var privKeySizes = map[string]int{"aes": 16, "aes192": 24, "aes256": 32}

// keys are a user's keys on one device.
type keys struct {
	hash       func() hash.Hash
	digestSize int
	auth       []byte
	block      cipher.Block // nil: the user's messages are not encrypted
}

// keyRing holds what a device remembers about SNMPv3: its users' keys, the salt it used last and
// how many faults it met.
type keyRing struct {
	mu     sync.Mutex
	keys   map[string]*keys
	salt   atomic.Uint64
	faults [decryptionError + 1]atomic.Uint32
}

func (r *keyRing) count(f usmFault) uint32 { return r.faults[f].Add(1) }

// of gives a user's keys, worked out on first use: each password costs a million bytes of hashing.
func (r *keyRing) of(u *User, engineID []byte) *keys {
	r.mu.Lock()
	defer r.mu.Unlock()
	if k, ok := r.keys[u.Name]; ok {
		return k
	}
	k := &keys{}
	if protocol, ok := authProtocols[u.Auth]; ok && u.AuthPassword != "" {
		k.hash, k.digestSize = protocol.hash, protocol.sent
		k.auth = localKey(k.hash, u.Auth, u.AuthPassword, engineID)
		if size := privKeySizes[u.Priv]; size > 0 && u.PrivPassword != "" {
			key := localKey(k.hash, u.Auth, u.PrivPassword, engineID)
			for len(key) < size {
				// Blumenthal: a key that is too short is followed by its own hash.
				key = append(key, sum(k.hash, key)...)
			}
			// Every size in privKeySizes is one that AES takes.
			k.block, _ = aes.NewCipher(key[:size])
		}
	}
	if r.keys == nil {
		r.keys = map[string]*keys{}
	}
	r.keys[u.Name] = k
	return k
}

// user finds a user by name.
func (a *Agent) user(name string) *User {
	for i := range a.Users {
		if a.Users[i].Name == name {
			return &a.Users[i]
		}
	}
	return nil
}

// passwordKeys remembers keys made of passwords: many devices have the same users.
var passwordKeys sync.Map

// localKey makes a key of a password for one device (RFC 3414 appendix A.2).
func localKey(h func() hash.Hash, protocol, password string, engineID []byte) []byte {
	name := protocol + "\x00" + password
	key, ok := passwordKeys.Load(name)
	if !ok {
		const length = 1 << 20
		endless := make([]byte, 0, length+len(password))
		for len(endless) < length {
			endless = append(endless, password...)
		}
		key, _ = passwordKeys.LoadOrStore(name, sum(h, endless[:length]))
	}
	return sum(h, key.([]byte), engineID, key.([]byte))
}

// sum hashes several texts as one.
func sum(h func() hash.Hash, parts ...[]byte) []byte {
	s := h()
	for _, p := range parts {
		_, _ = s.Write(p) // a hash never refuses a write
	}
	return s.Sum(nil)
}

// digest signs a packet whose digest is all zeros.
func (k *keys) digest(packet []byte) []byte {
	mac := hmac.New(k.hash, k.auth)
	_, _ = mac.Write(packet) // a hash never refuses a write
	return mac.Sum(nil)[:k.digestSize]
}

func (k *keys) encrypt(plain []byte, boots, time int, salt []byte) []byte {
	return k.feedback(plain, boots, time, salt, false)
}

func (k *keys) decrypt(secret []byte, boots, time int, salt []byte) []byte {
	return k.feedback(secret, boots, time, salt, true)
}

// feedback is AES in CFB-128 mode with the starting value of RFC 3826: engine boots, engine time
// and salt. Each block of ciphertext starts the next.
func (k *keys) feedback(in []byte, boots, time int, salt []byte, decrypt bool) []byte {
	start := binary.BigEndian.AppendUint32(nil, uint32(boots))
	start = binary.BigEndian.AppendUint32(start, uint32(time))
	start = append(start, salt...)
	out := make([]byte, len(in))
	stream := make([]byte, aes.BlockSize)
	for at := 0; at < len(in); at += aes.BlockSize {
		k.block.Encrypt(stream, start)
		end := min(at+aes.BlockSize, len(in))
		for i := at; i < end; i++ {
			out[i] = in[i] ^ stream[i-at]
		}
		if decrypt {
			start = append(start[:0], in[at:end]...)
		} else {
			start = append(start[:0], out[at:end]...)
		}
	}
	return out
}
