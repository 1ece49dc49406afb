package httpapi

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/concord-registry/concord/registry"
)

// answerTo is what a client gets when a handler fails with err.
func answerTo(err error) *httptest.ResponseRecorder {
	s := New(Options{})
	s.echo.GET("/fails", s.handler(&route{method: "GET", path: "/fails", label: "/fails", metrics: s.metrics.unrouted.metrics, handle: func(*call) error { return err }}))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/fails", nil))
	return w
}

func TestRow30AMissingIdentityHasTheShapeOfEveryError(t *testing.T) {
	if w := answerTo(echo.ErrUnauthorized); w.Code != 401 || w.Body.String() != `{"error_code":401,"message":"Unauthorized"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestRow31ARefusedSubjectIsForbiddenAndNotHidden(t *testing.T) {
	if w := answerTo(echo.ErrForbidden); w.Code != 403 || w.Body.String() != `{"error_code":403,"message":"Forbidden"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestEveryCodeHasItsStatus(t *testing.T) {
	for code, status := range statuses {
		want := int(code)
		if code > 999 {
			want = int(code) / 100
		}
		if status != want {
			t.Errorf("%d answers %d", code, status)
		}
		if w := answerTo(&registry.Error{Code: code, Message: "m"}); w.Code != status {
			t.Errorf("%d answers %d", code, w.Code)
		}
	}
}

func TestAnErrorWithoutWordsStillHasSome(t *testing.T) {
	if w := answerTo(&registry.Error{Code: registry.SubjectNotFound}); w.Code != http.StatusInternalServerError || w.Body.String() != `{"error_code":500,"message":"Internal Server Error"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
