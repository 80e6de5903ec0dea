//go:build race

package message

// slack widens the bounds of cost under the race detector, which slows everything and empties every pool.
const slack = 10
