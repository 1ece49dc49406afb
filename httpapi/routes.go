package httpapi

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// route is one line of the table: a method and a path, and what answers it.
type route struct {
	method, path string
	handle       func(*call) error
	// asks marks a POST that may change nothing, so that its answer may be kept (kept.go).
	asks bool
	// uses marks the routes by which clients come by a schema, or name one they have.
	uses bool
	// plain routes speak no registry JSON: no media type is negotiated, no body is read.
	plain bool
	// page routes are answered by Options.UI, whatever follows in their path.
	page bool

	// Derived from the above.
	hasSubject bool   // the path names a subject
	aliased    bool   // and a subject's alias redirects it
	takesBody  bool   // POST and PUT
	kept       bool   // answers are kept as long as nothing is written
	label      string // the template, as metrics, logs and openapi.yaml spell it
	metrics    routeMetrics
}

// routes is the whole API. Nothing but the contract's own calls stands below /subjects: a subject may have any name.
func (s *Server) routes() []*route {
	api := []*route{
		{method: "GET", path: "/", handle: (*call).getRoot},
		{method: "POST", path: "/", handle: (*call).postRoot},

		{method: "GET", path: "/schemas", handle: (*call).listSchemas},
		{method: "GET", path: "/schemas/types", handle: (*call).listTypes},
		{method: "GET", path: "/schemas/ids/:id", handle: (*call).getByID, uses: true},
		{method: "GET", path: "/schemas/ids/:id/schema", handle: (*call).getTextByID, uses: true},
		{method: "GET", path: "/schemas/ids/:id/subjects", handle: (*call).listSubjectsOfID},
		{method: "GET", path: "/schemas/ids/:id/versions", handle: (*call).listVersionsOfID},
		{method: "GET", path: "/schemas/guids/:guid", handle: (*call).getByGUID},
		{method: "GET", path: "/schemas/guids/:guid/ids", handle: (*call).listIDsOfGUID},

		{method: "GET", path: "/subjects", handle: (*call).listSubjects},
		{method: "POST", path: "/subjects/:subject", handle: (*call).lookup, asks: true, uses: true},
		{method: "DELETE", path: "/subjects/:subject", handle: (*call).deleteSubject},
		{method: "GET", path: "/subjects/:subject/metadata", handle: (*call).getWithMetadata},
		{method: "GET", path: "/subjects/:subject/versions", handle: (*call).listVersions},
		{method: "POST", path: "/subjects/:subject/versions", handle: (*call).register, asks: true, uses: true},
		{method: "GET", path: "/subjects/:subject/versions/:version", handle: (*call).getVersion, uses: true},
		{method: "DELETE", path: "/subjects/:subject/versions/:version", handle: (*call).deleteVersion},
		{method: "GET", path: "/subjects/:subject/versions/:version/schema", handle: (*call).getText, uses: true},
		{method: "GET", path: "/subjects/:subject/versions/:version/referencedby", handle: (*call).listReferrers},
		{method: "POST", path: "/subjects/:subject/versions/:version/tags", handle: (*call).tag},

		{method: "POST", path: "/compatibility/subjects/:subject/versions", handle: (*call).checkSubject, asks: true},
		{method: "POST", path: "/compatibility/subjects/:subject/versions/:version", handle: (*call).checkVersion, asks: true},

		{method: "GET", path: "/config", handle: (*call).getConfig},
		{method: "PUT", path: "/config", handle: (*call).setConfig},
		{method: "DELETE", path: "/config", handle: (*call).deleteConfig},
		{method: "GET", path: "/config/:subject", handle: (*call).getConfig},
		{method: "PUT", path: "/config/:subject", handle: (*call).setConfig},
		{method: "DELETE", path: "/config/:subject", handle: (*call).deleteConfig},

		{method: "GET", path: "/mode", handle: (*call).getMode},
		{method: "PUT", path: "/mode", handle: (*call).setMode},
		{method: "DELETE", path: "/mode", handle: (*call).deleteMode},
		{method: "GET", path: "/mode/:subject", handle: (*call).getMode},
		{method: "PUT", path: "/mode/:subject", handle: (*call).setMode},
		{method: "DELETE", path: "/mode/:subject", handle: (*call).deleteMode},

		{method: "GET", path: "/contexts", handle: (*call).listContexts},
		{method: "DELETE", path: "/contexts/:context", handle: (*call).deleteContext},

		{method: "GET", path: "/v1/metadata/id", handle: (*call).getClusterID},
		{method: "GET", path: "/v1/metadata/version", handle: (*call).getServerVersion},
		{method: "GET", path: "/v1/metadata/deployment", handle: (*call).getDeployment},

		{method: "GET", path: "/associations/subjects/:subject", handle: (*call).listAssociations},
		{method: "GET", path: "/associations/resources/:resource", handle: (*call).listAssociations},
		{method: "GET", path: "/associations/resources/:namespace/:name", handle: (*call).listAssociations},

		{method: "POST", path: "/api/compatibility/subjects/:subject/versions", handle: (*call).reportSubject, asks: true},
		{method: "POST", path: "/api/compatibility/subjects/:subject/versions/:version", handle: (*call).reportVersion, asks: true},

		{method: "GET", path: "/api/subjects/:subject", handle: (*call).describeSubject},
		{method: "GET", path: "/api/subjects/:subject/outline", handle: (*call).outlineVersion},
		{method: "GET", path: "/api/subjects/:subject/example", handle: (*call).exampleOfVersion},
		{method: "GET", path: "/api/subjects/:subject/compare", handle: (*call).compareVersions},
		{method: "GET", path: "/api/subjects/:subject/history", handle: (*call).getHistory},
		{method: "GET", path: "/api/subjects/:subject/levels", handle: (*call).getLevels},
		{method: "POST", path: "/api/subjects/:subject/restore", handle: (*call).restoreSubject},
		{method: "POST", path: "/api/subjects/:subject/versions/:version/restore", handle: (*call).restoreVersion},

		{method: "POST", path: "/api/decode", handle: (*call).decodeMessage, asks: true},
		{method: "POST", path: "/api/identify", handle: (*call).identifySchema, asks: true},

		{method: "GET", path: "/api/subjects", handle: (*call).listSummaries},
		{method: "GET", path: "/api/fields", handle: (*call).listFields},
		{method: "GET", path: "/api/search", handle: (*call).search},
		{method: "GET", path: "/api/events", handle: (*call).streamEvents, plain: true},
		{method: "GET", path: "/api/backup", handle: (*call).getBackup, plain: true},

		{method: "GET", path: "/health/live", handle: (*call).getLive, plain: true},
		{method: "GET", path: "/health/ready", handle: (*call).getReady, plain: true},
		{method: "GET", path: "/health/startup", handle: (*call).getStartup, plain: true},
		{method: "GET", path: "/metrics", handle: (*call).getMetrics, plain: true},
		{method: "GET", path: "/openapi.yaml", handle: (*call).getOpenAPI, plain: true},
		{method: "GET", path: "/docs", handle: (*call).getDocs, plain: true},
		{method: "GET", path: "/docs/style.css", handle: (*call).getDocsStyle, plain: true},

		{method: "GET", path: "/ui", handle: (*call).page, plain: true, page: true},
		{method: "GET", path: "/ui/*", handle: (*call).page, plain: true, page: true},
		{method: "POST", path: "/ui/*", handle: (*call).page, plain: true, page: true},
	}
	for _, r := range api {
		r.hasSubject = strings.Contains(r.path, "/:subject")
		r.aliased = r.hasSubject && (strings.HasPrefix(r.path, "/subjects/") || strings.Contains(r.path, "compatibility/"))
		r.takesBody = r.method == http.MethodPost || r.method == http.MethodPut
		r.kept = !r.plain && (r.method == http.MethodGet || r.asks)
		r.label = templateOf(r.path)
	}
	return api
}

// templateOf spells a path's parameters in braces.
func templateOf(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	return strings.Join(segments, "/")
}

// addRoutes tells the router: every route, HEAD for every GET, and OPTIONS for every path.
func (s *Server) addRoutes() {
	add := func(r *route) {
		r.metrics = s.metrics.of(r)
		s.echo.Add(r.method, r.path, s.handler(r))
	}
	allowed := map[string][]string{}
	var paths []string
	for _, r := range s.routes() {
		if allowed[r.path] == nil {
			paths = append(paths, r.path)
		}
		allowed[r.path] = append(allowed[r.path], r.method)
		add(r)
		if r.method == http.MethodGet {
			head := *r
			head.method = http.MethodHead
			allowed[r.path] = append(allowed[r.path], head.method)
			// net/http leaves the body out by itself, and keeps its length.
			add(&head)
		}
	}
	for _, path := range paths {
		allow := strings.Join(append(allowed[path], http.MethodOptions), ", ")
		r := &route{method: http.MethodOptions, path: path, label: templateOf(path), plain: true, handle: func(c *call) error {
			c.echo.Response().Header().Set(echo.HeaderAllow, allow)
			return nil
		}}
		add(r)
	}
}
