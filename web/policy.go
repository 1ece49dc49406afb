package web

// policy lets a page load styles, scripts and images from this server and nothing from elsewhere. There are no inline
// scripts and no style attributes, so that what somebody managed to inject would not run.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// setPolicy sets what browsers hold a page to. Over plain HTTP they refuse an opener policy, and report an error with each
// page.
func (r *request) setPolicy() {
	header := r.header
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "same-origin")
	if r.secure() {
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
}
