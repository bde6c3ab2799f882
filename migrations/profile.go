package migrations

// Profile is the schema of a client's store.
var Profile = []Step{
	{Name: "first buckets", Do: profile0001},
	{Name: "identity", Do: profile0002},
	{Name: "ends of lines", Do: profile0003},
	{Name: "log", Do: profile0004},
}
