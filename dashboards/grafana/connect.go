package grafana

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	gapi "github.com/grafana/grafana-api-golang-client"
)

// connect makes a client and asks Grafana for its health, which needs no rights: what fails here
// is the address, not the token.
func (p *push) connect(ctx context.Context) (*gapi.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // the token goes to the named address only
	config := gapi.Config{
		APIKey: string(p.config.Token),
		Client: &http.Client{
			Timeout:   cmp.Or(p.config.Timeout, 30*time.Second),
			Transport: bound{ctx, transport},
			CheckRedirect: func(r *http.Request, _ []*http.Request) error {
				return fmt.Errorf("it sends on to %s://%s: set grafana.url to the address it ends at", r.URL.Scheme, r.URL.Host)
			},
		},
	}
	if p.config.User != "" {
		config.BasicAuth = url.UserPassword(p.config.User, string(p.config.Password))
	}
	client, err := gapi.New(p.config.URL, config)
	if err != nil {
		return nil, fmt.Errorf("grafana.url: %w", err)
	}
	health, err := client.Health()
	if err == nil && health.Database == "" {
		err = errors.New("the answer to /api/health is not Grafana's")
	}
	if err != nil {
		return nil, fmt.Errorf("reach Grafana at %s: %w", p.config.URL, p.explain(err))
	}
	return client, nil
}

// refusal is an answer that says no.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return fmt.Sprintf("status %d: %s", r.status, r.message) }

// bound ties the client, which knows no contexts, to the context of the push, and turns answers
// that refuse into errors of a type. Not found stays with the client.
type bound struct {
	ctx  context.Context
	next http.RoundTripper
}

// RoundTrip sends a request under the context of the push.
func (b bound) RoundTrip(r *http.Request) (*http.Response, error) {
	// The client's timeout is in r's own context; the push's context ends it too.
	ctx, cancel := context.WithCancelCause(r.Context())
	stop := context.AfterFunc(b.ctx, func() { cancel(b.ctx.Err()) })
	resp, err := b.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		stop()
		cancel(nil)
		return nil, errors.Join(err, b.ctx.Err())
	}
	resp.Body = ending{resp.Body, func() { stop(); cancel(nil) }}
	if resp.StatusCode < 400 || resp.StatusCode == http.StatusNotFound {
		return resp, nil
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	if err != nil {
		return nil, err
	}
	var said struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(text, &said) != nil || said.Message == "" {
		said.Message = strings.TrimSpace(string(text))
	}
	return nil, &refusal{resp.StatusCode, said.Message}
}

// ending is a body that frees its request's context when it is closed.
type ending struct {
	io.ReadCloser
	end func()
}

// Close closes the body and frees the context.
func (e ending) Close() error {
	defer e.end()
	return e.ReadCloser.Close()
}

// explain adds what to do to the errors that people meet.
func (p *push) explain(err error) error {
	var no *refusal
	var notJSON *json.SyntaxError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &no) && no.status == http.StatusUnauthorized:
		return fmt.Errorf("%w: Grafana does not know the credentials: check grafana.token (or grafana.user and grafana.password), it may have expired", err)
	case errors.As(err, &no) && no.status == http.StatusForbidden:
		return fmt.Errorf("%w: the credentials lack rights: give the service account the role Admin; organisations need a server administrator", err)
	case errors.As(err, &no):
		return err
	case missing(err), errors.As(err, &notJSON):
		return fmt.Errorf("%w: this is no address of Grafana's API: check grafana.url, with its path if Grafana is served below one", err)
	}
	return err
}
