package grafana

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	gapi "github.com/grafana/grafana-api-golang-client"
)

// Organisation is where dashboards go.
type Organisation struct {
	Name       string // made when missing; empty: the organisation that the token or user is in
	Token      Secret // the data source sends it to the hub, which maps it to a scope
	Dashboards []Dashboard
}

// Action tells what a push did to a thing.
type Action string

// The actions.
const (
	Created   Action = "created"
	Updated   Action = "updated"
	Unchanged Action = "unchanged"
)

// Result is what a push did to one thing.
type Result struct {
	Organisation string `json:"organisation,omitempty"`
	Kind         string `json:"kind"` // organisation, folder, data_source, dashboard
	UID          string `json:"uid"`
	Title        string `json:"title"`
	Action       Action `json:"action"`
	URL          string `json:"url,omitempty"` // of dashboards
}

// Push brings every organisation to the given state and tells what it did, thing by thing, also
// when it stops at an error. Running it again changes nothing: what is already there is compared
// first. It deletes nothing, and it stops when ctx ends.
func Push(ctx context.Context, c Config, to []Organisation) ([]Result, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	p := &push{config: c}
	client, err := p.connect(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range to {
		if err := p.organisation(client, o); err != nil {
			return p.done, fmt.Errorf("push to Grafana: %w", p.explain(err))
		}
	}
	return p.done, nil
}

// push is one run of Push.
type push struct {
	config Config
	org    string
	done   []Result
}

func (p *push) note(kind, uid, title string, action Action) {
	p.done = append(p.done, Result{Organisation: p.org, Kind: kind, UID: uid, Title: title, Action: action})
}

func (p *push) organisation(client *gapi.Client, o Organisation) error {
	p.org = o.Name
	if o.Name != "" {
		if p.config.User == "" {
			return fmt.Errorf("organisation %q: a token reaches one organisation only: set grafana.user and grafana.password of a server administrator", o.Name)
		}
		id, err := p.ensureOrganisation(client, o.Name)
		if err != nil {
			return fmt.Errorf("organisation %q: %w", o.Name, err)
		}
		client = client.WithOrgID(id)
	}
	if err := p.ensureFolder(client); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if err := p.ensureDataSource(client, o.Token); err != nil {
		return fmt.Errorf("data source: %w", err)
	}
	for _, d := range o.Dashboards {
		if err := p.ensureDashboard(client, d); err != nil {
			return fmt.Errorf("dashboard %q: %w", d.Title, err)
		}
	}
	return nil
}

func (p *push) ensureOrganisation(client *gapi.Client, name string) (int64, error) {
	if strings.Contains(name, "/") { // the client puts the name into a path as it is
		return 0, errors.New("the name must not hold a slash")
	}
	found, err := client.OrgByName(name)
	if err == nil {
		p.note("organisation", fmt.Sprint(found.ID), name, Unchanged)
		return found.ID, nil
	}
	if !missing(err) {
		return 0, err
	}
	id, err := client.NewOrg(name)
	if err == nil {
		p.note("organisation", fmt.Sprint(id), name, Created)
	}
	return id, err
}

// folderUID is the folder's identity; people may change its title.
const folderUID = "samdrift"

func (p *push) ensureFolder(client *gapi.Client) error {
	title := p.config.Folder
	if title == "" {
		title = "Samdrift"
	}
	found, err := client.FolderByUID(folderUID)
	if err == nil {
		p.note("folder", folderUID, found.Title, Unchanged)
		return nil
	}
	if !missing(err) {
		return err
	}
	if _, err := client.NewFolder(title, folderUID); err != nil {
		return err
	}
	p.note("folder", folderUID, title, Created)
	return nil
}

// ensureDataSource keeps the data source in step. Grafana never tells a secret, so a fingerprint of
// the token lies beside it to see when it changed.
func (p *push) ensureDataSource(client *gapi.Client, token Secret) error {
	interval := p.config.Interval
	if interval == 0 {
		interval = time.Minute
	}
	want := &gapi.DataSource{
		UID: sourceUID, Name: "Samdrift", Type: "prometheus", Access: "proxy", URL: p.config.QueryURL, IsDefault: true,
		JSONData: map[string]any{
			"httpMethod": "POST", "timeInterval": fmt.Sprintf("%ds", int(interval.Seconds())),
			"manageAlerts": false, "prometheusType": "Prometheus",
		},
	}
	if token != "" {
		sum := sha256.Sum256([]byte(token))
		want.JSONData["httpHeaderName1"] = "Authorization"
		want.JSONData["samdriftToken"] = hex.EncodeToString(sum[:6])
		want.SecureJSONData = map[string]any{"httpHeaderValue1": "Bearer " + string(token)}
	}
	found, err := client.DataSourceByUID(sourceUID)
	switch {
	case missing(err):
		if _, err := client.NewDataSource(want); err != nil {
			return err
		}
		p.note("data_source", sourceUID, want.Name, Created)
	case err != nil:
		return err
	case found.URL == want.URL && found.Type == want.Type && found.Access == want.Access && holds(found.JSONData, want.JSONData):
		p.note("data_source", sourceUID, found.Name, Unchanged)
	default:
		want.Name, want.IsDefault = found.Name, found.IsDefault // people may rename it
		if err := client.UpdateDataSourceByUID(want); err != nil {
			return err
		}
		p.note("data_source", sourceUID, want.Name, Updated)
	}
	return nil
}

// holds tells whether everything that is wanted is there; Grafana may add settings of its own.
func holds(found, want map[string]any) bool {
	for key, value := range want {
		if !reflect.DeepEqual(found[key], value) {
			return false
		}
	}
	return true
}

// ensureDashboard saves a dashboard unless the same is there: Grafana would make a new version of
// an identical body each time. A tag carries the hash of what was pushed.
func (p *push) ensureDashboard(client *gapi.Client, d Dashboard) error {
	tag, err := d.hash()
	if err != nil {
		return err
	}
	body, err := d.withTag(tag)
	if err != nil {
		return err
	}
	action := Updated
	found, err := client.DashboardByUID(d.UID)
	switch {
	case missing(err):
		action = Created
	case err != nil:
		return err
	case found.Meta.FolderUID == folderUID && tagged(found.Model, tag):
		action = Unchanged
	}
	if action != Unchanged {
		if _, err := client.NewDashboard(gapi.Dashboard{Model: body, FolderUID: folderUID, Overwrite: true, Message: "samdrift dashboards push"}); err != nil {
			return err
		}
	}
	p.note("dashboard", d.UID, d.Title, action)
	p.done[len(p.done)-1].URL = strings.TrimRight(p.config.URL, "/") + "/d/" + d.UID
	return nil
}

// tagged tells whether a dashboard that Grafana has carries a tag.
func tagged(model map[string]any, tag string) bool {
	tags, _ := model["tags"].([]any)
	return slices.Contains(tags, any(tag))
}

// missing tells whether Grafana has not got a thing.
func missing(err error) bool {
	var none gapi.ErrNotFound
	return errors.As(err, &none)
}
