package registry

import (
	"regexp"
	"slices"
	"strings"
)

// Rule modes: the first three belong to migration rules, the others to domain and encoding rules (rest-contract §3.6).
var (
	migrationModes = []string{"UPGRADE", "DOWNGRADE", "UPDOWN"}
	messageModes   = []string{"WRITE", "READ", "WRITEREAD"}
	ruleKinds      = []string{"TRANSFORM", "CONDITION"}
	enableAtValues = []string{"", "ALL", "CLIENT", "GATEWAY", "SERVER", "NONE"}
)

var ruleName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,255}$`)

// checkRules validates a rule set and returns it in its stored form: kinds and modes filled in, tags sorted.
func checkRules(set *RuleSet) (*RuleSet, error) {
	if set == nil {
		return nil, nil
	}
	if !slices.Contains(enableAtValues, set.EnableAt) {
		return nil, errorf(InvalidRuleSet, "Invalid ruleSet: enableAt '%s' is none of ALL, CLIENT, GATEWAY, SERVER, NONE", set.EnableAt)
	}
	names := map[string]bool{}
	checked := &RuleSet{EnableAt: set.EnableAt}
	var err error
	if checked.MigrationRules, err = checkRuleList("migration", set.MigrationRules, migrationModes, names); err != nil {
		return nil, err
	}
	if checked.DomainRules, err = checkRuleList("domain", set.DomainRules, messageModes, names); err != nil {
		return nil, err
	}
	if checked.EncodingRules, err = checkRuleList("encoding", set.EncodingRules, messageModes, names); err != nil {
		return nil, err
	}
	return checked, nil
}

func checkRuleList(list string, rules []Rule, modes []string, names map[string]bool) ([]Rule, error) {
	var checked []Rule
	for _, rule := range rules {
		if rule.Kind == "" {
			rule.Kind = "TRANSFORM"
		}
		if rule.Mode == "" {
			rule.Mode = "WRITEREAD"
		}
		rule.Tags = sortedSet(rule.Tags)
		invalid := func(why string) error {
			return errorf(InvalidRuleSet, "Invalid ruleSet: %s rule '%s' %s", list, rule.Name, why)
		}
		switch {
		case !ruleName.MatchString(rule.Name):
			return nil, invalid("needs a name of at most 256 letters, digits, '_' or '-' that starts with a letter or '_'")
		case names[rule.Name]:
			return nil, invalid("has the name of another rule")
		case rule.Type == "":
			return nil, invalid("has no type")
		case !slices.Contains(ruleKinds, rule.Kind):
			return nil, invalid("has kind '" + rule.Kind + "'; it can be " + strings.Join(ruleKinds, " or "))
		case !slices.Contains(modes, rule.Mode):
			return nil, invalid("has mode '" + rule.Mode + "'; it can be " + strings.Join(modes, ", "))
		case !validAction(rule.OnSuccess, rule.Mode) || !validAction(rule.OnFailure, rule.Mode):
			return nil, invalid("has a pair of actions, which only the modes WRITEREAD and UPDOWN take")
		}
		names[rule.Name] = true
		checked = append(checked, rule)
	}
	return checked, nil
}

func validAction(action, mode string) bool {
	switch strings.Count(action, ",") {
	case 0:
		return true
	case 1:
		return mode == "WRITEREAD" || mode == "UPDOWN"
	}
	return false
}
