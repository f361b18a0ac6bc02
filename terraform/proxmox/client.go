package proxmox

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	patience = time.Minute // for one answer: a node may wait for its storages
	largest  = 64 << 20    // bytes of one answer
)

// errGone says that a server is not where the cluster had said.
var errGone = errors.New("it is not there any more")

// client asks a cluster's API.
type client struct {
	http *http.Client
	base url.URL
	auth string
}

func newClient(l Login) *client {
	return &client{
		http: &http.Client{
			Timeout:       patience,
			Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: atATime, TLSClientConfig: &tls.Config{InsecureSkipVerify: l.Insecure}},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		base: url.URL{Scheme: "https", Host: l.address(), Path: "/"},
		auth: "PVEAPIToken=" + l.TokenID + "=" + l.TokenSecret,
	}
}

// statusError is an answer other than 200. The API says why in the status line, and sometimes in the body.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string {
	switch e.code {
	case http.StatusUnauthorized:
		return e.text + ": the token is not known, or its secret is another"
	case http.StatusForbidden:
		return e.text + ": give the token the role PVEAuditor on /"
	}
	return e.text
}

// get reads the data of one path into out.
func (c *client) get(ctx context.Context, out any, path ...string) error {
	address := c.base.JoinPath(append([]string{"api2", "json"}, path...)...)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", c.auth)
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, largest))
	if err != nil {
		return fmt.Errorf("%s: %w", address.Path, err)
	}
	var answer struct {
		Data    json.RawMessage `json:"data"`
		Message string          `json:"message"`
	}
	fault := json.Unmarshal(body, &answer)
	if response.StatusCode != http.StatusOK {
		text := response.Status
		if message := strings.TrimSpace(answer.Message); message != "" && !strings.Contains(text, message) {
			text += " (" + message + ")"
		}
		return fmt.Errorf("%s: %w", address.Path, &statusError{response.StatusCode, text})
	}
	if fault == nil {
		fault = json.Unmarshal(answer.Data, out)
	}
	if fault != nil {
		return fmt.Errorf("%s: the answer is not what Proxmox VE documents: %w", address.Path, fault)
	}
	return nil
}

// checkVersion refuses releases that the provider does not work with. It is also the first use of the token.
func (c *client) checkVersion(ctx context.Context) error {
	var v struct {
		Version string `json:"version"`
	}
	if err := c.get(ctx, &v, "version"); err != nil {
		return err
	}
	major, _, _ := strings.Cut(v.Version, ".")
	if n, err := strconv.Atoi(major); err != nil || n < oldest {
		return fmt.Errorf("it is Proxmox VE %q, and the provider needs %d.0 or newer: upgrade it, or move its servers with platform: manual", v.Version, oldest)
	}
	return nil
}

// flag is a truth value, which the API gives as 0 and 1, as text or number, or as true and false.
type flag bool

// UnmarshalJSON reads any of them.
func (f *flag) UnmarshalJSON(data []byte) error {
	switch text := strings.Trim(string(data), `"`); text {
	case "1", "true":
		*f = true
	case "0", "false", "", "null":
		*f = false
	default:
		return fmt.Errorf("%q is no truth value", text)
	}
	return nil
}
