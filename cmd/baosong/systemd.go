package main

import (
	"net"
	"os"
	"runtime/debug"
	"strings"
)

// notifySystemd tells the service manager a state, as sd_notify(3) describes; without one it does nothing.
func notifySystemd(state string) {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return
	}
	if path[0] == '@' {
		path = "\x00" + path[1:]
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return
	}
	defer conn.Close()
	// A service manager that does not listen is no reason to stop.
	_, _ = conn.Write([]byte(state))
}

// oneLine is an error as systemctl status shows it: a line break would begin another assignment.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// version is the module's version as built.
func version() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" && b.Main.Version != "(devel)" {
		return "baosong " + b.Main.Version
	}
	return "baosong (devel)"
}
