package main

import "testing"

func TestMembersJoinLeaveAndFail(t *testing.T) {
	for event, wanted := range map[string]change{
		"EventMemberJoin: n2.1f 127.2.1.2":   {"Join", "n2.1f", "127.2.1.2"},
		"EventMemberLeave: n2.1f 127.2.1.2":  {"Leave", "n2.1f", "127.2.1.2"},
		"EventMemberFailed: n2.1f 127.2.1.2": {"Failed", "n2.1f", "127.2.1.2"},
		"EventMemberReap: n2.1f 127.2.1.2":   {"Reap", "n2.1f", "127.2.1.2"},
	} {
		found, isChange := changeIn("    2026/11/23 20:40:45 [INFO] serf: " + event)
		if !isChange || found != wanted {
			t.Errorf("%s is read as %v", event, found)
		}
	}
}

func TestWhatAnAgentSaysOfAnythingElseIsNoChange(t *testing.T) {
	for _, line := range []string{
		"    2026/11/23 20:40:45 [INFO] agent: Received event: member-join",
		"    2026/11/23 20:40:48 [INFO] memberlist: Suspect n2 has failed, no acks received",
		"                      Node name: 'n1'",
		"",
	} {
		if found, isChange := changeIn(line); isChange {
			t.Errorf("%q is read as %v", line, found)
		}
	}
}
