//go:build !race

package message

const slack = 1
