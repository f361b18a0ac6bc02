package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3gen"

	"github.com/samdrift/samdrift/inventory"
)

var pathParam = regexp.MustCompile(`\{(\w+)\}`)

// pathParams says what stands in the places of a path.
var pathParams = map[string]string{
	"code":         "three-digit municipality code, such as 461",
	"municipality": "three-digit municipality code, such as 461",
	"id":           "id of what is asked for, such as an asset",
	"control":      "id of a control, such as 20-01",
	"dataset":      "name of a dataset, such as patch_system",
	"group":        "id of a move group",
	"unit":         "id of a unit: a move group",
	"wave":         "id of a wave",
	"ref":          "a scenario: id for its latest version, id@version for another, or present",
}

// document makes the OpenAPI document from the list of endpoints and the Go types they answer with.
var document = sync.OnceValues(func() ([]byte, error) {
	doc := &openapi3.T{
		OpenAPI: "3.0.3",
		Info: &openapi3.Info{
			Title: "samdrift", Version: "1",
			Description: "The hub's answers within the caller's scope. Every answer says whether its data are invented (demo), when they were taken, and which snapshot they stand on. Zero and empty mean not known, never fine.",
			License:     &openapi3.License{Name: "MPL-2.0", URL: "https://www.mozilla.org/en-US/MPL/2.0/"},
		},
		Servers: openapi3.Servers{{URL: prefix}},
		Paths:   openapi3.NewPaths(),
		Components: &openapi3.Components{
			Schemas: openapi3.Schemas{},
			SecuritySchemes: openapi3.SecuritySchemes{
				"token": {Value: openapi3.NewSecurityScheme().WithType("http").WithScheme("bearer")},
			},
		},
		Security: *openapi3.NewSecurityRequirements().With(openapi3.NewSecurityRequirement().Authenticate("token")),
	}
	schemas := openapi3gen.NewGenerator(openapi3gen.SchemaCustomizer(describe))
	fault, err := schemas.NewSchemaRefForValue(problem{}, doc.Components.Schemas)
	if err != nil {
		return nil, err
	}
	for _, e := range endpoints {
		answer, err := schemas.NewSchemaRefForValue(e.answer, doc.Components.Schemas)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.path, err)
		}
		content := openapi3.NewContentWithJSONSchemaRef(answer)
		if e.csv != nil {
			content["text/csv"] = openapi3.NewMediaType().WithSchema(openapi3.NewStringSchema())
		}
		op := &openapi3.Operation{
			OperationID: strings.Trim(regexp.MustCompile(`\W+`).ReplaceAllString(strings.ToLower(e.method)+e.path, "_"), "_"),
			Summary:     e.summary,
			Responses: openapi3.NewResponses(
				openapi3.WithStatus(cmp.Or(e.status, 200), &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("The answer").WithContent(content)}),
				openapi3.WithName("default", openapi3.NewResponse().WithDescription("What was wrong, and how to mend it").
					WithContent(openapi3.Content{"application/problem+json": openapi3.NewMediaType().WithSchemaRef(fault)})),
			),
		}
		for _, m := range pathParam.FindAllStringSubmatch(e.path, -1) {
			op.AddParameter(openapi3.NewPathParameter(m[1]).WithDescription(pathParams[m[1]]).WithSchema(openapi3.NewStringSchema()))
		}
		for _, p := range e.queryParams() {
			schema := openapi3.NewStringSchema()
			if p.whole {
				schema = openapi3.NewIntegerSchema().WithMin(1)
			}
			for _, value := range p.allowed {
				schema.Enum = append(schema.Enum, value)
			}
			op.AddParameter(openapi3.NewQueryParameter(p.name).WithDescription(p.about).WithSchema(schema))
		}
		if e.takes != nil {
			taken, err := schemas.NewSchemaRefForValue(e.takes, doc.Components.Schemas)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", e.path, err)
			}
			op.RequestBody = &openapi3.RequestBodyRef{Value: openapi3.NewRequestBody().WithRequired(true).WithJSONSchemaRef(taken)}
		}
		if e.file {
			op.RequestBody = &openapi3.RequestBodyRef{Value: openapi3.NewRequestBody().WithRequired(true).
				WithContent(openapi3.NewContentWithSchema(openapi3.NewStringSchema().WithFormat("binary"), []string{"application/octet-stream"}))}
		}
		item := doc.Paths.Value(e.path)
		if item == nil {
			item = &openapi3.PathItem{}
			doc.Paths.Set(e.path, item)
		}
		item.SetOperation(cmp.Or(e.method, http.MethodGet), op)
	}
	return json.MarshalIndent(doc, "", " ")
})

// describe corrects what reflection alone would say: dates are written as text, and lists, maps and
// pointers may be null.
func describe(_ string, t reflect.Type, _ reflect.StructTag, schema *openapi3.Schema) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
		schema.Nullable = true
	}
	switch {
	case t == reflect.TypeFor[inventory.Date]():
		// An unknown date is the empty text, which "format: date" would refuse.
		*schema = openapi3.Schema{Type: &openapi3.Types{"string"}, Description: "ISO 8601 date; empty when not known", Nullable: schema.Nullable}
	case t == reflect.TypeFor[inventory.Days]():
		*schema = openapi3.Schema{Type: &openapi3.Types{"string"}, Nullable: schema.Nullable,
			Description: "days in UTC: the latest, and in hexadecimal one bit for each day back from it, as 2026-11-22:5"}
	case t == reflect.TypeFor[inventory.Milli]():
		*schema = openapi3.Schema{Type: &openapi3.Types{"number"}, Description: "with up to three decimals", Nullable: schema.Nullable}
	case t == reflect.TypeFor[inventory.Provenance]():
		// In memory it is a compact list, as JSON an object of field name to origin.
		origin := openapi3.NewObjectSchema().WithProperty("collector", openapi3.NewStringSchema()).
			WithProperty("source", openapi3.NewStringSchema()).WithProperty("at", openapi3.NewDateTimeSchema()).
			WithProperty("evidence", openapi3.NewStringSchema())
		*schema = *openapi3.NewObjectSchema().WithAdditionalProperties(origin)
		schema.Description, schema.Nullable = "who gave each field its value", true
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
		schema.Nullable = true
	}
	return nil
}

func serveDocument(w http.ResponseWriter, _ *http.Request) {
	body, err := document()
	if err != nil {
		writeError(w, fmt.Errorf("OpenAPI document: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(body) // the client may have gone
}
