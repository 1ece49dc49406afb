package web

import (
	"net/http"
	"net/url"
)

// noticeCookie takes a sentence from the form that did something to the page that the browser is sent to. In the address it
// would be said again with every look at that page, and by every link that somebody makes up.
const noticeCookie = "concord-notice"

// noticeLimit bounds a notice in runes: browsers drop cookies of more than 4 KB.
const noticeLimit = 300

// done sends the browser to a page that says, once, what was done.
func (r *request) done(to, sentence string) (*Page, error) {
	if runes := []rune(sentence); len(runes) > noticeLimit {
		sentence = string(runes[:noticeLimit]) + "…"
	}
	r.setNotice(&http.Cookie{Value: url.QueryEscape(sentence), MaxAge: 60})
	return r.redirect(to)
}

// takeNotice returns what was done before this page, and forgets it. Only a page that a person sees takes it.
func (r *request) takeNotice() string {
	cookie, err := r.Cookie(noticeCookie)
	if dest := r.Header.Get("Sec-Fetch-Dest"); err != nil || r.Method != http.MethodGet || dest != "" && dest != "document" {
		return ""
	}
	r.setNotice(&http.Cookie{MaxAge: -1})
	sentence, err := url.QueryUnescape(cookie.Value)
	if err != nil {
		return ""
	}
	return sentence
}

func (r *request) setNotice(cookie *http.Cookie) {
	cookie.Name, cookie.Path, cookie.HttpOnly, cookie.SameSite = noticeCookie, r.links.base+"/ui", true, http.SameSiteLaxMode
	r.header.Add("Set-Cookie", cookie.String())
}
