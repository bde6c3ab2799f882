package wire

import (
	"strconv"

	"github.com/vmihailenco/msgpack/v5"
)

// Kind numbers the messages (§4). Numbers are only ever appended.
type Kind uint8

const (
	kindNone Kind = 0 // no message: version 1 began its bodies with it

	KindRegister     Kind = 1
	KindRegistered   Kind = 2
	KindDeregister   Kind = 3
	KindDeregistered Kind = 4
	KindPing         Kind = 5
	KindPong         Kind = 6
	KindTable        Kind = 7
	KindTableAck     Kind = 8
	KindText         Kind = 9
	KindAck          Kind = 10
	KindDeposit      Kind = 11
	KindStored       Kind = 12
	KindPush         Kind = 13
	KindTaken        Kind = 14
	KindPushPost     Kind = 15
	KindSeen         Kind = 16
	KindReceipt      Kind = 17
	KindReceiptAck   Kind = 18
	KindLookup       Kind = 19
	KindFound        Kind = 20
	KindFind         Kind = 21
	KindNamed        Kind = 22
	KindClock        Kind = 23
	KindCrowd        Kind = 24
	KindPushRow      Kind = 25
	KindGone         Kind = 26
)

// Message is one array of a body, [kind, fields…]. The pointers to the structs of this package are the messages; no
// other type can be one. EncodeMsgpack writes the whole array and DecodeMsgpack reads it and checks it.
type Message interface {
	Kind() Kind
	msgpack.CustomEncoder
	msgpack.CustomDecoder

	check() error // whether the values are allowed, as far as the message alone tells
}

// String is the kind as logs name it.
func (k Kind) String() string {
	switch k {
	case KindRegister:
		return "register"
	case KindRegistered:
		return "registered"
	case KindDeregister:
		return "deregister"
	case KindDeregistered:
		return "deregistered"
	case KindPing:
		return "ping"
	case KindPong:
		return "pong"
	case KindTable:
		return "table"
	case KindTableAck:
		return "table-ack"
	case KindText:
		return "text"
	case KindAck:
		return "ack"
	case KindDeposit:
		return "deposit"
	case KindStored:
		return "stored"
	case KindPush:
		return "push"
	case KindTaken:
		return "taken"
	case KindPushPost:
		return "push-post"
	case KindSeen:
		return "seen"
	case KindReceipt:
		return "receipt"
	case KindReceiptAck:
		return "receipt-ack"
	case KindLookup:
		return "lookup"
	case KindFound:
		return "found"
	case KindFind:
		return "find"
	case KindNamed:
		return "named"
	case KindClock:
		return "clock"
	case KindCrowd:
		return "crowd"
	case KindPushRow:
		return "push-row"
	case KindGone:
		return "gone"
	}
	return "kind " + strconv.Itoa(int(k))
}

// newMessage is an empty message of the kind, nil when the kind is unknown.
func newMessage(k Kind) Message {
	switch k {
	case KindRegister:
		return new(Register)
	case KindRegistered:
		return new(Registered)
	case KindDeregister:
		return new(Deregister)
	case KindDeregistered:
		return new(Deregistered)
	case KindPing:
		return new(Ping)
	case KindPong:
		return new(Pong)
	case KindTable:
		return new(Table)
	case KindTableAck:
		return new(TableAck)
	case KindText:
		return new(Direct)
	case KindAck:
		return new(Ack)
	case KindDeposit:
		return new(Deposit)
	case KindStored:
		return new(Stored)
	case KindPush:
		return new(Push)
	case KindTaken:
		return new(Taken)
	case KindPushPost:
		return new(PushPost)
	case KindSeen:
		return new(Seen)
	case KindReceipt:
		return new(Receipt)
	case KindReceiptAck:
		return new(ReceiptAck)
	case KindLookup:
		return new(Lookup)
	case KindFound:
		return new(Found)
	case KindFind:
		return new(Find)
	case KindNamed:
		return new(Named)
	case KindClock:
		return new(Clock)
	case KindCrowd:
		return new(Crowd)
	case KindPushRow:
		return new(PushRow)
	case KindGone:
		return new(Gone)
	}
	return nil
}
