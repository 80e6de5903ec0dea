package message

import (
	"slices"
	"testing"
)

// TestAddressesWithoutBrackets: two addresses are two senders, but what stands in a comment is none.
func TestAddressesWithoutBrackets(t *testing.T) {
	t.Parallel()
	for item, want := range map[string][]Address{
		"a@x.example b@y.example":                 {{Address: "a@x.example"}, {Address: "b@y.example"}},
		"a@x.example (b@y.example)":               {{Name: "b@y.example", Address: "a@x.example"}},
		"a@x.example (甲)":                         {{Name: "甲", Address: "a@x.example"}},
		"\"a@x.example\" a@x.example":             {{Name: "a@x.example", Address: "a@x.example"}},
		"\"a@x.example\" b@y.example c@z.example": {{Address: "a@x.example"}, {Address: "b@y.example"}, {Address: "c@z.example"}},
	} {
		if got, _, _ := parseAddress(item); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", item, got, want)
		}
	}
}

func TestMessageIDs(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][]string{
		"<a@x.example> <b@x.example>":                     {"<a@x.example>", "<b@x.example>"},
		"<long-\r\n part@x.example>":                      {"<long-part@x.example>"},
		"Your message of <Mon, 1 Jan 2024> <a@x.example>": {"<a@x.example>"},
		"<no-at-sign>":                                    {"<no-at-sign>"},
	} {
		if got := ids(value); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}
