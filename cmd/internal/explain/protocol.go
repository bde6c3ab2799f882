package explain

// kind is a row of protocol.md §4, word for word.
type kind struct {
	number uint64
	name   string
	way    string
	fields string
}

var kinds = []kind{
	{1, "register", "client → server", "request, name, epoch, store, revision, seen, order, card, mode"},
	{2, "registered", "server → client", "request, outcome, store, revision, waiting, max message, lease, order"},
	{3, "deregister", "client → server", "request, name"},
	{4, "deregistered", "server → client", "request, outcome"},
	{5, "ping", "both", "nonce, store, revision, order"},
	{6, "pong", "both", "nonce, known, store, revision, order"},
	{7, "table", "server → client", "base, span, more, rows of [name, who]"},
	{8, "table-ack", "client → server", "store, revision"},
	{9, "text", "client → client", "try, *text*"},
	{10, "ack", "client → client", "*marks*, seq, try"},
	{11, "deposit", "client → server", "to, try, base, *text*"},
	{12, "stored", "server → client", "to, epoch, to-epoch, seq, try, verdict, state, address, port, order, again"},
	{13, "push", "server → client", "prev, order, try, from, *text*"},
	{14, "taken", "client → server", "from, *marks*, order, try, refusal"},
	{15, "push-post", "server → client", "prev, order, try, live, author, *text*"},
	{16, "seen", "client → server", "store, through, ranges, order, try"},
	{17, "receipt", "server → client", "to, *marks*"},
	{18, "receipt-ack", "client → server", "to, *marks*"},
	{19, "lookup", "client → server", "key"},
	{20, "found", "server → client", "key, card"},
	{21, "find", "client → server", "name"},
	{22, "named", "server → client", "name, rows of [name, who]"},
	{23, "clock", "both", "nonce, time"},
	{24, "crowd", "server → client", "clients, present"},
	{25, "push-row", "server → client", "prev, live, author, epoch, to-epoch, seq, head, path, rows of [step, position, part, parts, size, time, flags, body]"},
	{26, "gone", "server → client", "store, order"},
}

// What *text* and *marks* stand for (§5.2, §6.1).
const (
	textFields  = "epoch, to-epoch, seq, part, parts, size, time, flags, body"
	marksFields = "epoch, to-epoch, through, ranges"
)

// outcomes, verdicts and refusals are the numbers below the table of §4.
var (
	outcomes = map[uint64]string{0: "OK", 1: "the name belongs to another key", 2: "the key has another name", 3: "not a name",
		4: "the name is not the asker's", 5: "not now"}
	verdicts = map[uint64]string{0: "accepted", 1: "delivered already", 2: "the mailbox is full", 3: "the sender's share of it is full",
		4: "a post before it is missing", 5: "no such client", 8: "too long", 9: "the server's disk is full", 10: "its recipient can't take it as it is"}
	refusals = map[uint64]string{0: "none", 1: "it is not what its sender sealed", 2: "its sender shall deposit it anew"}
)

// header is the table of §2: every datagram begins so.
var header = []struct {
	offset, bytes   int
	field, encoding string
}{
	{0, 1, "array of four", "`94`"},
	{1, 1, "type (§13.1)", "positive fixint"},
	{2, 5, "index", "`ce` and u32"},
	{7, 9, "counter", "`cf` and u64"},
	{16, 3, "body", "`c5`, u16 length, then the bytes"},
}

// datagramType is a row of §13.1, word for word, and the parts of the body.
type datagramType struct {
	number                           uint8
	name, index, counter, body, size string
	parts                            []part
}

// part is a stretch of a body. Its inner parts, if it has any, make up all of it.
type part struct {
	name  string
	size  int // 0: the rest; levels: as the position before it says
	about string
	inner []part
}

// levels is the size of a path: 32 bytes for each level of the tree, of which a position n has the logarithm.
const levels = -1

const (
	sealed    = "sealed: only the two at the ends of the session can open it"
	aboutMac1 = "shows that the sender knows the receiver's static key (§13.3)"
	aboutMac2 = "zeros, or shows that the sender got a cookie (§13.3)"
)

var types = []datagramType{
	{2, "data", "the receiver's", "of the session, from 0", "ciphertext and tag 16", "35 to 1,200", []part{
		{"ciphertext", 0, sealed, nil},
		{"tag", 16, "of the ciphertext and the 19 bytes of the header (§13.2)", nil},
	}},
	{3, "initiation", "the sender's", "0", "Noise message 1 (192), mac1 16, mac2 16", "243", []part{
		{"Noise message 1", 192, "IK: e, es, s, ss (§13.2)", []part{
			{"ephemeral", 32, "a public key of X25519 for this handshake only, in the clear", nil},
			{"static", 48, "the initiator's static key 32 and a tag 16: sealed to the responder", nil},
			{"payload", 112, "the initiator's Ed25519 key 32, its certificate 64, and a tag 16: sealed to the responder", nil},
		}},
		{"mac1", 16, aboutMac1, nil},
		{"mac2", 16, aboutMac2, nil},
	}},
	{4, "response", "the initiator's", "0", "Noise message 2 (164), mac1 16, mac2 16 (zeros)", "215", []part{
		{"Noise message 2", 164, "IK: e, ee, se (§13.2)", []part{
			{"ephemeral", 32, "a public key of X25519 for this handshake only, in the clear", nil},
			{"payload", 132, "the responder's index 4, reset token 16, Ed25519 key 32, certificate 64, and a tag 16: sealed to the initiator", nil},
		}},
		{"mac1", 16, aboutMac1, nil},
		{"mac2", 16, "zeros", nil},
	}},
	{5, "cookie", "the initiator's", "0", "nonce 24, sealed cookie 32", "75", []part{
		{"nonce", 24, "of XChaCha20-Poly1305, random", nil},
		{"sealed cookie", 32, "a MAC of the initiator's address 16 and a tag 16: sealed to who sent the mac1 (§13.3)", nil},
	}},
	{6, "reset", "the one that is not known", "ms (§13.8)", "token 16", "35", []part{
		{"token", 16, "only who has the seed can make it: the session was lost there (§13.8)", nil},
	}},
	{7, "key request", "random", "random", "zeros 128", "147", []part{
		{"zeros", 128, "so that the answer is no larger than the request (§13.9)", nil},
	}},
	{8, "key answer", "the request's", "the request's", "key 32, static 32, signature 64", "147", []part{
		{"key", 32, "the server's Ed25519 key: who it is", nil},
		{"static", 32, "its X25519 key, to make a session with it", nil},
		{"signature", 64, "the key's, of the static one (§13.2)", nil},
	}},
}

// These are what stands inside of bins (§8.7, §14.1, §14.3, §14.4, §14.5).
var (
	card = []part{
		{"static", 32, "its X25519 key, to make a session with it", nil},
		{"certificate", 64, "the Ed25519 signature of the static key (§13.2)", nil},
		{"prekey id", 4, "grows with each prekey (§14.2)", nil},
		{"prekey", 32, "an X25519 key: mail is sealed to it", nil},
		{"signature", 64, "the Ed25519 signature of the prekey and its id (§14.1)", nil},
	}
	who = []part{
		{"key", 32, "who the client is", nil},
		{"epoch", 8, "drawn when its state was made (§5.1)", nil},
		{"state", 1, "1 when it is there", nil},
		{"port", 2, "with the address: where it is, as the server knows it", nil},
		{"address", 0, "none when it is not known", nil},
	}
	mail = []part{
		{"prekey id", 4, "which prekey of the recipient's it is sealed to (§14.2)", nil},
		{"enc", 32, "HPKE's encapsulated key: one for many mails (§14.3)", nil},
		{"counter", 2, "of the mail among them: its nonce", nil},
		{"part, path, position, signature", 0, "sealed: only the recipient can open it", nil},
		{"tag", 16, "of ChaCha20-Poly1305", nil},
	}
	formerMail = []part{
		{"prekey id", 4, "which prekey of the recipient's it is sealed to (§14.2)", nil},
		{"enc", 32, "HPKE's encapsulated key", nil},
		{"part, signature", 0, "sealed, in the form of before (§14.5): only the recipient can open it", nil},
		{"tag", 16, "of HPKE", nil},
	}
	post = []part{
		{"after epoch", 8, "the author's previous post: its epoch,", nil},
		{"after seq", 8, "and its seq; zeros when there is none (§14.4)", nil},
		{"previous", 32, "the hash of the author's previous post, or zeros (§14.4)", nil},
		{"signature", 64, "the author's, of the batch (§14.4)", nil},
		{"position", 1, "in the tree of the batch, whose root is 1; it says how long the path is (§14.3)", nil},
		{"path", levels, "the hashes from the post up to the root, 32 for each level", nil},
		{"part", 0, "in the clear: every member can read it", nil},
	}
	rowHead = []part{
		{"after epoch", 8, "the post before the first one: its epoch,", nil},
		{"after seq", 8, "and its seq; zeros when there is none (§14.4)", nil},
		{"previous", 32, "its hash, or zeros (§14.4)", nil},
		{"signature", 64, "the author's, of the batch (§14.4)", nil},
	}
	lonePost = []part{
		{"after epoch", 8, "the author's previous post: its epoch,", nil},
		{"after seq", 8, "and its seq; zeros when there is none (§14.4)", nil},
		{"previous", 32, "the hash of the author's previous post, or zeros (§14.4)", nil},
		{"signature", 64, "the author's, of this post alone: the form of before (§14.5)", nil},
		{"part", 0, "in the clear: every member can read it", nil},
	}
	firstPost = []part{
		{"previous", 32, "the hash of the author's previous post, or zeros (§14.4)", nil},
		{"signature", 64, "the author's, of this post alone: the first form (§14.5)", nil},
		{"part", 0, "in the clear: every member can read it", nil},
	}
	controls = map[byte]part{
		120: {"challenge", 8, "to be echoed on the path on which it came (§13.10)", nil},
		121: {"echo", 8, "the answer to a challenge (§13.10)", nil},
		122: {"token", 16, "shows that the session was lost, when it comes in a reset (§13.8)", nil},
	}
)
