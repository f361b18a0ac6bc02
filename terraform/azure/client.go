package azure

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	armruntime "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// client asks the Azure Resource Manager. Its pipeline logs in, tries again when Azure is busy, and waits
// as long as Azure asks it to, but no longer than longestWait.
type client struct {
	pipeline     runtime.Pipeline
	endpoint     string
	subscription string
}

const (
	longestWait   = 2 * time.Minute
	longestAnswer = time.Minute
)

func newClient(l Login) (*client, error) {
	for _, f := range []struct{ name, value string }{{"tenant", l.Tenant}, {"subscription", l.Subscription}, {"client_id", l.ClientID}, {"client_secret", l.ClientSecret}} {
		if f.value == "" {
			return nil, fmt.Errorf("%s is missing", f.name)
		}
	}
	options := policy.ClientOptions{Cloud: cloud.AzurePublic, Retry: policy.RetryOptions{MaxRetryDelay: longestWait, TryTimeout: longestAnswer}}
	if l.Endpoint != "" {
		options.Cloud = cloud.Configuration{ActiveDirectoryAuthorityHost: l.Authority, Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			cloud.ResourceManager: {Endpoint: l.Endpoint, Audience: l.Endpoint}}}
	}
	if l.CAs != nil {
		options.Transport = &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment,
			TLSClientConfig: &tls.Config{RootCAs: l.CAs, MinVersion: tls.VersionTLS12}}}
	}
	credential, err := azidentity.NewClientSecretCredential(l.Tenant, l.ClientID, l.ClientSecret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: l.Endpoint != ""})
	if err != nil {
		return nil, err
	}
	// The pipeline would otherwise register what it asks for with the subscription, which is a change.
	pipeline, err := armruntime.NewPipeline("samdrift", "v1.0.0", credential, runtime.PipelineOptions{},
		&arm.ClientOptions{ClientOptions: options, DisableRPRegistration: true})
	if err != nil {
		return nil, err
	}
	return &client{pipeline: pipeline, endpoint: options.Cloud.Services[cloud.ResourceManager].Endpoint, subscription: l.Subscription}, nil
}

// list gives all of a list of the subscription, page by page. A page that cannot be read fails the whole:
// half a list would look like servers that are gone.
func list[T any](ctx context.Context, c *client, path string, query url.Values) ([]T, error) {
	address := runtime.JoinPaths(c.endpoint, "subscriptions", url.PathEscape(c.subscription), "providers", path) + "?" + query.Encode()
	var all []T
	for seen := map[string]bool{}; address != ""; {
		if seen[address] {
			return nil, fmt.Errorf("list %s: a page leads back to itself", path)
		}
		seen[address] = true
		var page struct {
			Value    []T
			NextLink string
		}
		if err := c.get(ctx, address, &page); err != nil {
			return nil, fmt.Errorf("list %s: %w", path, err)
		}
		all = append(all, page.Value...)
		if err := c.ours(page.NextLink); err != nil {
			return nil, fmt.Errorf("list %s: %w", path, err)
		}
		address = page.NextLink
	}
	return all, nil
}

// ours refuses a next page elsewhere: every request carries the login's token.
func (c *client) ours(next string) error {
	if next == "" {
		return nil
	}
	there, err := url.Parse(next)
	if err != nil {
		return fmt.Errorf("its next page is no address: %w", err)
	}
	if here, err := url.Parse(c.endpoint); err != nil || there.Scheme != here.Scheme || there.Host != here.Host {
		return fmt.Errorf("its next page is at %s://%s, not at %s", there.Scheme, there.Host, c.endpoint)
	}
	return nil
}

func (c *client) get(ctx context.Context, address string, into any) error {
	request, err := runtime.NewRequest(ctx, http.MethodGet, address)
	if err != nil {
		return err
	}
	response, err := c.pipeline.Do(request)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		return explained(err)
	}
	defer func() { _ = response.Body.Close() }() // it was read whole before
	if !runtime.HasStatusCode(response, http.StatusOK) {
		return explained(runtime.NewResponseError(response))
	}
	return runtime.UnmarshalAsJSON(response, into)
}

// explained says in one line what the client tells in many, and what would help.
func explained(err error) error {
	var refusal *azidentity.AuthenticationFailedError
	if errors.As(err, &refusal) {
		if refusal.RawResponse == nil {
			return fmt.Errorf("the login could not be tried: %s", strings.Join(strings.Fields(err.Error()), " "))
		}
		return fmt.Errorf("the login was refused: %s: look at tenant, client_id and client_secret", said(refusal.RawResponse))
	}
	var answer *azcore.ResponseError
	if !errors.As(err, &answer) {
		return err
	}
	hint := ""
	switch answer.StatusCode {
	case http.StatusForbidden:
		hint = ": give the app registration the role Reader on the subscription"
	case http.StatusTooManyRequests:
		hint = ": Azure asks to be left alone for a while; try again later"
	}
	return &refused{code: answer.StatusCode, text: fmt.Sprintf("HTTP %d: %s%s", answer.StatusCode, said(answer.RawResponse), hint)}
}

// refused is an answer that is no list.
type refused struct {
	code int
	text string
}

func (r *refused) Error() string { return r.text }

// said takes the first line of what an answer gives as its reason: of the resource manager's form, or of
// a login's.
func said(response *http.Response) string {
	body, err := runtime.Payload(response)
	if err != nil {
		return err.Error()
	}
	var manager struct {
		Error struct{ Code, Message string }
	}
	var login struct {
		Description string `json:"error_description"`
	}
	text := "it gives no reason"
	switch {
	case json.Unmarshal(body, &manager) == nil && manager.Error.Code != "":
		text = manager.Error.Code + ": " + manager.Error.Message
	case json.Unmarshal(body, &login) == nil && login.Description != "":
		text = login.Description
	}
	first, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(first)
}
