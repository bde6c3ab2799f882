package peer

// maxSpare bounds how many of a kind are kept to be used again.
const maxSpare = 1024

// spare gives one that was kept, or a new one.
func spare[T any](list *[]*T) *T {
	last := len(*list) - 1
	if last < 0 {
		return new(T)
	}
	x := (*list)[last]
	*list = (*list)[:last]
	return x
}

// keep leaves one that nobody uses any more.
func keep[T any](list *[]*T, x *T) {
	if len(*list) < maxSpare {
		*list = append(*list, x)
	}
}
