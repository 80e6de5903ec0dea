package ledger

import (
	"time"

	"baosong/ledger/blob"
	"baosong/parse/finding"
)

// Location is where a mail lies on the server: its identity there.
type Location struct {
	Folder      string
	UIDValidity uint32
	UID         uint32
}

// State of a message.
type State string

const (
	Received State = "received" // bytes are safe, not yet judged
	Filed    State = "filed"
	Ignored  State = "ignored"
	Held     State = "held"
	Failed   State = "failed"
)

// Message is one mail as the ledger knows it.
type Message struct {
	ID         int64
	Location            // where it lies on the server, or lay last when it is Gone
	Gone       bool     // no longer on the server, or not known where
	SHA256     blob.Ref // of the raw mail; kept also when the bytes were removed
	Size       int64
	Removed    bool      // the bytes were removed on purpose (secrecy, retention)
	ReceivedAt time.Time // the server's INTERNALDATE
	Date       time.Time // the Date header, zero if unreadable
	MessageID  string    // with <>
	From       string    // address
	FromName   string
	Subject    string
	Call       string
	Unit       string
	State      State
	Why        string // machine word: bounce, auto-reply, list, ourselves, duplicate, stranger, unverified, secrecy, ...
	WhyText    string // the same for staff, in Chinese
	Believed   bool   // staff said so by assign, whatever the headers say
	Hint       string // unit that the content points to, for held mail
	Submission int64  // 0: none
	Fate       string // fate folder wanted: filed, returned, held, ignored, failed; "" while received
	FirstUID   uint32 // its UID when received: breaks ties of ReceivedAt
	FiledIn    bool   // already lies in its fate folder (or none is configured)
	Old        bool   // lay in the mailbox when the start line was drawn: never answered
	Rejoined   bool   // received again by itself, to join an older mail of the unit that was judged after it; not answered again
}

// Header is what Record adds to a message once it is judged.
type Header struct {
	MessageID string
	From      string
	FromName  string
	Subject   string
	Date      time.Time
}

// SubmissionState of a revision.
type SubmissionState string

const (
	Checked    SubmissionState = "checked"  // no errors, parts still owed
	Returned   SubmissionState = "returned" // open errors
	Accepted   SubmissionState = "accepted"
	Superseded SubmissionState = "superseded"
	Withdrawn  SubmissionState = "withdrawn"
)

// Submission is one revision of what a unit has sent: the new mail's files joined with what stood before.
type Submission struct {
	ID         int64
	Message    int64
	Call       string
	Unit       string
	Revision   int // from 1 per call and unit, in order of arrival in the ledger
	State      SubmissionState
	Nil        bool
	Late       bool
	ReceivedAt time.Time // of its mail
	UID        uint32    // of its mail when received: breaks ties of ReceivedAt
	Receipt    string    // visible number, "BS-2024-0007"
	Owed       []string  // part ids
	Brought    []string  // part ids that this very mail brought
	Files      []File
	Rows       []Row
	Cases      []Case
	Findings   []Finding
}

// File is one leaf file of a submission.
type File struct {
	Name   string
	Path   string
	Part   string
	Format string
	SHA256 blob.Ref
	Size   int64
	Title  string
	Prior  bool // joined from an earlier revision
	Copy   bool
	Used   bool
}

// Row is one row of the summary sheet as it was read.
type Row struct {
	File     string
	Sheet    string
	Row      int
	CaseFile string
	Values   map[string]string
	Cells    map[string]string
}

// Case is one case of a revision.
type Case struct {
	ID                               int64
	Submission                       int64
	Unit                             string
	Key                              string
	Title, Cluster, Level, Direction string
	City, County, Year               string
	Body, Contact, Phone, Note       string
	Row                              int
	File                             string
	SHA256                           blob.Ref
	OK                               bool
	Withdrawn                        bool
	Sketch                           []uint32
}

// Finding is a finding of a revision with its fate.
type Finding struct {
	ID int64
	finding.Finding
	Waived bool   // by a staff decision
	Why    string // of the waiver
	Trial  bool   // its rule is on probation: shown to staff, not to the city
}

// Kind of a letter.
type Kind string

const (
	Receipt      Kind = "receipt"
	Correction   Kind = "correction"
	Reminder     Kind = "reminder"
	Digest       Kind = "digest"
	Alert        Kind = "alert"
	Confirmation Kind = "confirmation"
)

// LetterState of a letter.
type LetterState string

const (
	Due        LetterState = "due"
	Composed   LetterState = "composed"
	Sent       LetterState = "sent"
	Dead       LetterState = "dead"
	HeldLetter LetterState = "held"
)

// NewLetter is a letter to be queued. Key makes it unique: the same key twice is one letter.
type NewLetter struct {
	Key        string
	Kind       Kind
	Call       string
	Unit       string
	To         []string
	CC         []string
	Message    int64  // the mail it answers, 0 if none
	Submission int64  // 0: none; Record fills it in with the submission it has just written
	InReplyTo  string // Message-ID with <>
	References string
	Subject    string // subject of the mail it answers, without Re:
	Topic      string // what it is about: for confirmations nil|preview|query|decision, for reminders and alerts the reason
	Facts      string // JSON for the composer that the ledger does not otherwise keep (a preview's report, an alert's text)
	Due        time.Time
	State      LetterState // Due, or HeldLetter
	Overtakes  string      // beginning of the keys of letters of its call that must not go any more once this one is queued; empty: none
}

// Letter is a queued letter.
type Letter struct {
	ID int64
	NewLetter
	State       LetterState
	MessageID   string // with <>, fixed when queued: a second sending carries the same
	SubjectLine string // as composed
	Attempts    int
	NextAttempt time.Time
	LastError   string   // English, for staff and log
	Blob        blob.Ref // the composed bytes
	CreatedAt   time.Time
	SentAt      time.Time
	Bounced     string // what the bounce said, empty if none came
}
