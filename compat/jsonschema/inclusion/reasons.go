package inclusion

// Keyword is a keyword of a compiled schema: the schema's location and the keyword's name; "required/x" is the name x in
// required, and the empty keyword is a schema that is false.
type Keyword struct {
	Schema  string
	Keyword string
}
