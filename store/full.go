package store

// What a full disk does to a change. No room is not an error of the store: it keeps a reserve, so that what frees room, or needs
// hardly any, goes on, and it goes on by itself when there is room again. A change of which it is not certain that it did not happen
// (a failed fsync above all) ends the store as before.
//
//	change                             there is no room                      and not even the reserve is left
//	Deposit, Post                      not done: verdict FullDisk            the same
//	Deposit in the place of one
//	that is no smaller                 done                                  waits
//	PutClient of a key without a row   not done: verdict FullDisk            the same
//	PutClient of a row that is there   done                                  waits
//	Take, Told, Advance, Trim,
//	Renew, Begin                       done                                  waits
//	Accept, PinServer                  not done: ErrFull                     the same
//	Receive                            waits                                 waits
//	Settle, Renumber, Shown,
//	Meet, Rotate, Bound                done                                  waits
//
// What was there already (a text deposited again, a row that is refused for another reason) is answered as ever. A change that waits
// is neither done nor refused: its done is called when there was room for it, which the store looks for by itself, several times a
// second. Nothing may be acknowledged until then, so whatever it is about comes again. Changes that wait keep their order
// among themselves: a Receive speaks in its marks of those before it, and the last row of a client is the last one submitted. Others
// overtake them. What still waits when the store is closed is answered with ErrFull.
//
// No change of a core may be lost by that:
//
//	Deposit, Post        the sender is told verdict 9, keeps the text and tries again (protocol.md §10.5)
//	PutClient, new       the registration is refused as not now; the client asks again
//	PutClient, known     presence: the table shows the client as it was, and a client that comes back has its session when the row
//	                     is written; what it sends meanwhile comes again
//	Take                 the mail stays and its sender is told later; should the program end, it is pushed and taken again
//	Trim                 the log is longer for a while
//	Told, Advance        should the program end: a receipt is told, a post is pushed once more
//	Renew                the core goes on with the new ID; should the program end, the next start finds the same reason for one
//	Begin                the server answers nobody before it is done
//	Accept               the user is told at once; its seqs were never sent and are given out again
//	PinServer            the program ends before anything was said to that server
//	Receive              nothing is acknowledged, and the sender keeps the text
//	Settle, Shown        should the program end: a text goes out again and is acknowledged as a duplicate; a line is shown again, marked
//	Renumber             its texts are sent when it is done
//	Meet,
//	Rotate, Bound        a prekey is told when it is on disk; the others are found out again

// Crowded is what a Profile tells of its disk: true when a change begins to wait for room, false when none does any more.
type Crowded func(waits bool)
