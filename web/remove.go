package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/usage"
	"github.com/concord-registry/concord/storage"
)

// removeView asks whether something is to be deleted or restored, and says what that means.
type removeView struct {
	Subject   string
	Version   int    // 0: the whole subject
	Back      int    // the version to go back to
	Step      string // "soft", "permanent" or "restore"
	Versions  []registry.VersionInfo
	Referrers []obstacle
	Watched   int64          // since when the server has seen who asks for what; 0 when it does not look
	Clients   []usage.Client // who has asked for one of the versions, the last first
	Blocked   bool           // a referrer stands in the way
	Typed     string
	Wrong     string // what is wrong with what was typed
	Failure   string // why the registry refused
	ReadOnly  string // why nothing can be deleted or restored; empty when it can
}

// obstacle is a version that refers to what is to be deleted.
type obstacle struct {
	Subject string
	Version int
	Deleted bool
	Counts  bool // it stands in the way
}

// remove asks before a deletion: softly what is live, for good what is deleted already.
func (u *UI) remove(r *request) (*Page, error) {
	view, err := u.removal(r, r.query("version"))
	if err != nil {
		return nil, err
	}
	return u.removePage(view), nil
}

func (u *UI) removePage(view *removeView) *Page {
	title := "Delete " + view.Subject
	if view.Step == "restore" {
		title = "Restore " + view.Subject
	}
	return &Page{Template: "remove", Title: title, Nav: "subjects", Context: contextOf(view.Subject), Model: view}
}

// removal finds out what a deletion of a version, or of the subject for an empty one, would be.
func (u *UI) removal(r *request, version string) (*removeView, error) {
	view := &removeView{Subject: r.param("subject"), Step: "soft"}
	versions, err := u.reg.VersionList(r.Context(), view.Subject)
	if err != nil {
		return nil, err
	}
	view.Back = versions[len(versions)-1].Version
	live := slices.DeleteFunc(slices.Clone(versions), func(v registry.VersionInfo) bool { return v.Deleted })
	switch {
	case version != "":
		v, err := u.reg.Version(r.Context(), view.Subject, version, registry.ReadOptions{WithDeleted: true})
		if err != nil {
			return nil, err
		}
		view.Version, view.Back = v.Version, v.Version
		view.Versions = slices.DeleteFunc(versions, func(other registry.VersionInfo) bool { return other.Version != v.Version })
		if v.Deleted {
			view.Step = "permanent"
		}
	case len(live) > 0:
		view.Versions = live
	default:
		view.Versions, view.Step = versions, "permanent"
	}
	mode, err := u.reg.Mode(r.Context(), view.Subject, true)
	if err != nil {
		return nil, err
	}
	if mode == registry.ReadOnly || mode == registry.ReadOnlyOverride {
		view.ReadOnly = "The mode in force here is " + mode + ", so nothing can be deleted or restored."
	}
	u.asked(view)
	referrers, err := u.reg.Referrers(r.Context(), view.Subject, view.Version)
	for _, ref := range referrers {
		line := obstacle{ref.Subject, ref.Version, ref.Deleted, !ref.Deleted || view.Step == "permanent"}
		view.Blocked = view.Blocked || line.Counts
		view.Referrers = append(view.Referrers, line)
	}
	return view, err
}

// shownClients is how many of those who have asked for something are named.
const shownClients = 8

// asked fills in who has asked for what is to be deleted.
func (u *UI) asked(view *removeView) {
	if u.opt.Usage == nil {
		return
	}
	context, _ := storage.SplitSubject(view.Subject)
	var ids []usage.ID
	for _, v := range view.Versions {
		ids = append(ids, usage.ID{Context: context, ID: v.ID})
	}
	view.Watched = u.opt.Usage.Since().UnixMilli()
	var all []usage.Client
	for _, clients := range u.opt.Usage.Clients(ids...) {
		all = append(all, clients...)
	}
	slices.SortFunc(all, func(a, b usage.Client) int {
		return cmp.Or(cmp.Compare(b.Last(), a.Last()), cmp.Compare(a.Agent, b.Agent))
	})
	for _, client := range all {
		same := func(other usage.Client) bool {
			return other.Agent == client.Agent && other.Principal == client.Principal
		}
		if len(view.Clients) < shownClients && !slices.ContainsFunc(view.Clients, same) {
			view.Clients = append(view.Clients, client)
		}
	}
}

// removed deletes what the form names, once the name of the subject was typed.
func (u *UI) removed(r *request) (*Page, error) {
	if err := r.ParseForm(); err != nil {
		return nil, formError(err)
	}
	view, err := u.removal(r, r.PostFormValue("version"))
	if err != nil {
		return nil, err
	}
	view.Typed = r.PostFormValue("confirm")
	switch {
	case r.PostFormValue("step") != view.Step:
		view.Failure = "Meanwhile somebody else has deleted or restored it. This is what there is now."
		return u.refusedRemoval(view, http.StatusConflict), nil
	case view.Typed != view.Subject:
		view.Wrong = "This is not the name of the subject: type it as it stands above."
		return u.refusedRemoval(view, http.StatusUnprocessableEntity), nil
	}
	permanent := view.Step == "permanent"
	if view.Version > 0 {
		_, err = u.reg.DeleteVersion(r.Context(), view.Subject, strconv.Itoa(view.Version), permanent)
	} else {
		_, err = u.reg.DeleteSubject(r.Context(), view.Subject, permanent)
	}
	if err != nil {
		return u.failedRemoval(view, err)
	}
	if !permanent && view.Version > 0 {
		return r.redirect(r.links.Version(view.Subject, view.Version))
	}
	left, err := u.reg.VersionList(r.Context(), view.Subject)
	switch {
	case !permanent && err == nil:
		return r.redirect(r.links.Version(view.Subject, left[len(left)-1].Version))
	case err == nil:
		return r.done(r.links.Version(view.Subject, left[len(left)-1].Version), view.what()+" is deleted for good.")
	}
	return r.done(r.links.Home(), view.what()+" is deleted for good.")
}

// what names what is deleted or restored at the start of a sentence.
func (v *removeView) what() string {
	if v.Version > 0 {
		return fmt.Sprintf("Version %d of %s", v.Version, v.Subject)
	}
	return v.Subject
}

func (u *UI) refusedRemoval(view *removeView, status int) *Page {
	page := u.removePage(view)
	page.Status = status
	return page
}

// failedRemoval shows the question again with the registry's reason.
func (u *UI) failedRemoval(view *removeView, err error) (*Page, error) {
	status, _, message := u.opt.Describe(err)
	if status >= http.StatusInternalServerError {
		return nil, err
	}
	view.Failure = message
	return u.refusedRemoval(view, status), nil
}

// restore asks before something is restored, and restored does it.
func (u *UI) restore(r *request) (*Page, error) {
	view, err := u.restoration(r, r.query("version"))
	if err != nil {
		return nil, err
	}
	return u.removePage(view), nil
}

func (u *UI) restoration(r *request, version string) (*removeView, error) {
	view, err := u.removal(r, version)
	if err != nil {
		return nil, err
	}
	if version == "" {
		if view.Versions, err = u.reg.VersionList(r.Context(), view.Subject); err != nil {
			return nil, err
		}
	}
	view.Step, view.Referrers, view.Blocked = "restore", nil, false
	view.Versions = slices.DeleteFunc(view.Versions, func(v registry.VersionInfo) bool { return !v.Deleted })
	return view, nil
}

func (u *UI) restored(r *request) (*Page, error) {
	if err := r.ParseForm(); err != nil {
		return nil, formError(err)
	}
	view, err := u.restoration(r, r.PostFormValue("version"))
	if err != nil {
		return nil, err
	}
	if view.Version > 0 {
		_, err = u.reg.Restore(r.Context(), view.Subject, strconv.Itoa(view.Version))
	} else {
		_, err = u.reg.RestoreSubject(r.Context(), view.Subject)
	}
	switch {
	case err != nil:
		return u.failedRemoval(view, err)
	case view.Version > 0:
		return r.done(r.links.Version(view.Subject, view.Version), view.what()+" is restored.")
	}
	return r.done(r.links.Subject(view.Subject), view.what()+" is restored.")
}
