// Package probe asks the network what package look wants to know: whether TCP ports answer, and where
// names lead. It opens connections and closes them at once, and sends nothing into them.
package probe

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/terraform/look"
)

// Prober asks questions, some at a time.
type Prober struct {
	DNS      string        // host:port of the name server to ask; empty: the machine's own
	Timeout  time.Duration // of one question; zero: 3 seconds
	Parallel int           // questions at a time; zero: 16
}

// Ask gives one answer per question, in their order. A question that the context's end cuts off is
// answered with look.Failed.
func (p Prober) Ask(ctx context.Context, questions []look.Question) []look.Answer {
	resolver := net.DefaultResolver
	if p.DNS != "" {
		resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, p.DNS)
		}}
	}
	answers := make([]look.Answer, len(questions))
	var work errgroup.Group
	work.SetLimit(cmp.Or(p.Parallel, 16))
	for i, q := range questions {
		work.Go(func() error {
			each, cancel := context.WithTimeout(ctx, cmp.Or(p.Timeout, 3*time.Second))
			defer cancel()
			answers[i] = ask(each, resolver, q)
			if ctx.Err() != nil && answers[i].State != look.Yes {
				answers[i].State, answers[i].Detail = look.Failed, ctx.Err().Error()
			}
			return nil
		})
	}
	_ = work.Wait() // every answer says itself what went wrong
	return answers
}

func ask(ctx context.Context, resolver *net.Resolver, q look.Question) look.Answer {
	a := look.Answer{Question: q}
	var err error
	switch q.Kind {
	case look.Name:
		a.Values, err = resolver.LookupHost(ctx, q.Name)
		a.State = resolved(err)
	case look.Reverse:
		a.Values, err = resolver.LookupAddr(ctx, q.Address)
		a.State = resolved(err)
	default:
		err = dial(ctx, q)
		a.State = connected(err)
	}
	slices.Sort(a.Values)
	if err != nil {
		a.Detail = err.Error()
	}
	return a
}

func dial(ctx context.Context, q look.Question) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(q.Address, strconv.Itoa(q.Port)))
	if err != nil {
		return err
	}
	return conn.Close()
}

// connected tells a refusal, which somebody sent, from silence, and both from not having been able to try.
func connected(err error) look.State {
	var timeout net.Error
	switch {
	case err == nil:
		return look.Yes
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET):
		return look.No
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, syscall.EHOSTUNREACH):
		return look.Nothing
	default:
		return look.Failed
	}
}

// resolved tells a name that does not exist from a name server that did not answer.
func resolved(err error) look.State {
	var dns *net.DNSError
	switch {
	case err == nil:
		return look.Yes
	case errors.As(err, &dns) && dns.IsNotFound:
		return look.No
	default:
		return look.Failed
	}
}
