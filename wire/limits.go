package wire

import "time"

// The sizes of a datagram and of what is inside it (docs/protocol.md §2, §3).
const (
	// MaxDatagram is the largest UDP payload, in bytes. Every IPv6 path carries it, and so does nearly every IPv4
	// path, without fragments: RFC 9000 §14.
	MaxDatagram = 1200

	// HeaderSize is the width of the fixed header: 0x94, type, 0xce + u32, 0xcf + u64, 0xc5 + u16.
	HeaderSize = 1 + 1 + 5 + 9 + 3

	// MaxBody is the largest body, in bytes: what the header leaves of a datagram.
	MaxBody = MaxDatagram - HeaderSize

	// MaxMessage is the largest encoded message, in bytes: it fits a datagram alone, beside the tag of 16 bytes and the
	// record of 20 with which an initiator begins what it sends at first (§13.7).
	MaxMessage = MaxBody - 16 - 20
)

// The limits of names and texts (§4, §5).
const (
	// MaxName is the most characters (code points) of a name, and MaxNameBytes the most bytes: UTF-8 takes at most
	// four for each (RFC 3629 §3).
	MaxName      = 32
	MaxNameBytes = 4 * MaxName

	// MaxText is the most bytes of a text: 64 KiB, more than anyone types and less than a receiver minds to hold.
	MaxText = 64 << 10

	// PartSize is the most bytes of text in one part. The widest fields beside a part take 105 bytes of MaxMessage, in
	// PushPost, and what protects a part that is alone takes up to 119, of mail. 32 more let one signature serve two full
	// parts. That leaves 889; some bytes stay for a field to come.
	PartSize = 880

	// FirstPartSize is what PartSize was in version 1. Texts that were cut so keep their parts.
	FirstPartSize = 960

	// MaxCover is how much longer the body of a part may be than its text: what mail takes in the fullest batch
	// (seal.MailOverhead, seal.MaxPath), which is more than what a post takes.
	MaxCover = 119 + 4*32

	// MaxPart is the most bytes of a part's body: a part that is alone, or half of a batch, may be full. There is room for
	// one in the fullest batch up to 784 bytes of text.
	MaxPart = PartSize + 119 + 32

	// MaxRow is the most posts of a row (§11.3): a whole batch. RowHead is how many bytes stand there once for them all: what the first one
	// follows, 48, and a signature. MaxRowPath is the most bytes of hashes: of 16 leaves every other one.
	MaxRow     = 16
	RowHead    = 16 + 32 + 64
	MaxRowPath = MaxRow / 2 * 32

	// MaxParts is the most parts of a text: what MaxText needs.
	MaxParts = (MaxText + PartSize - 1) / PartSize

	// CardSize is the width of a card (§14.1): a static key of 32 bytes, its certificate of 64, and a prekey of 100.
	CardSize = 32 + 64 + 100
)

// The limits of acknowledgements and tables (§4, §6).
const (
	// MaxRanges is the most ranges above the watermark in one Ack, Taken, Seen or Receipt: 304 bytes at their
	// widest, so that three of them share a datagram. What is left out is said by a later one.
	MaxRanges = 16

	// MaxSparse is how far above the watermark a seq may be had, and 1,024 × 64 bits of holes are the most that one
	// sender's epoch costs: beyond it nothing is acknowledged, so that the sender waits (RFC 6479 has the same size).
	MaxSparse = 1024

	// MaxSpans is the most ranges that Window.MarkSpan keeps above the watermark. Receipt orders have gaps of any
	// width, so their number is what costs memory, not the distance.
	MaxSpans = 256

	// TableRoom is how many bytes of rows fit one Table, the other fields being at their widest: array, kind, base, span, more, and
	// the count of the rows as an array 16. Row.Size measures a row.
	TableRoom = MaxMessage - (1 + 1 + 5 + maxUint + 1 + 3)

	// MaxRows is the most rows of one Table: as many as fit if all are at their narrowest, which is array, a name of one letter, and a
	// bin without an address. Longer ones fill TableRoom before.
	MaxRows = TableRoom / (1 + 2 + (2 + rowSize))

	// maxUint is the width of the widest integer in bytes.
	maxUint = 9
)

// The limits of the guard (§3).
const (
	// maxDepth is how deep arrays may nest: message, ranges, range; the fourth is for kinds to come.
	maxDepth = 4
)

// The round-trip estimate (§7).
const (
	// InitialPTO is the probe timeout before the first sample: no more than two datagrams in the first second that
	// nothing is known of a path (RFC 8085 §3.1.1).
	InitialPTO = 300 * time.Millisecond

	// MinPTO and MaxPTO bound the probe timeout. A shorter one would repeat datagrams for a pause of the scheduler; a
	// longer one is of no use to who waits, and repeated tries space themselves out beyond it.
	MinPTO = 50 * time.Millisecond
	MaxPTO = 3 * time.Second

	// ackDelay is what a receiver may wait before it acknowledges (RFC 9002 §6.2.1, max_ack_delay): ours commits first.
	ackDelay = 25 * time.Millisecond

	// granularity is the least that the variation counts (RFC 9002 §6.1.2, kGranularity, there 1 ms).
	granularity = 10 * time.Millisecond
)
