package migrations

// Server is the schema of a server's store.
var Server = []Step{
	{Name: "first buckets", Do: server0001},
	{Name: "identity", Do: server0002},
	{Name: "leaps", Do: server0003},
	{Name: "log", Do: server0004},
	{Name: "channel", Do: server0005},
}
