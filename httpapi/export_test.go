package httpapi

import "github.com/labstack/echo/v4"

// Routes lists what the router knows.
func (s *Server) Routes() []*echo.Route { return s.echo.Routes() }

// Crowd takes the whole room for bodies that are neither large nor small, until what it returns is called.
func (s *Server) Crowd() (leave func()) {
	if !s.middle.TryAcquire(middleRoom) {
		panic("somebody is in the room")
	}
	return func() { s.middle.Release(middleRoom) }
}
