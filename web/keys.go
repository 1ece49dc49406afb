package web

// keys is the page about the keyboard, for those who get there without a script.
func (u *UI) keys(*request) (*Page, error) {
	return &Page{Template: "keys", Title: "Keyboard"}, nil
}
