package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// limits measures what the machine gives to a program that does nothing but move the bytes: no reliability, no cryptography, no
// encoding.
func (b *bench) limits() error {
	for _, l := range []func() error{b.udpOne, b.udpMany, b.boltSerial, b.boltGroups, b.boltTwoFiles, b.boltOpen} {
		if err := l(); err != nil {
			return err
		}
	}
	return nil
}

// echoCommand is this program as the other end of a socket: it says its port, and sends everything back.
const echoCommand = "echo"

// udpOne is a round trip between two processes, one in flight.
func (b *bench) udpOne() error {
	other, conn, err := b.dialEcho()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it was only measured with
	var took latencies
	msg, back := []byte(text()), make([]byte, 2048)
	begin := time.Now()
	for range b.n(20000) {
		sent := time.Now()
		if _, err := conn.Write(msg); err != nil {
			return err
		}
		if _, err := conn.Read(back); err != nil {
			return err
		}
		took = append(took, time.Since(sent))
	}
	v := took.values()
	v["msg_s"] = float64(len(took)) / time.Since(begin).Seconds()
	if err := b.report("UDP, 1 in flight, 2 processes", "", v); err != nil {
		return err
	}
	return other.stop()
}

// udpMany is one datagram after the other with 64 in flight, with 1 and with 11 messages in each.
func (b *bench) udpMany() error {
	for _, per := range []int{1, 11} {
		other, conn, err := b.dialEcho()
		if err != nil {
			return err
		}
		msg, back := make([]byte, per*textSize), make([]byte, 2048)
		total, sent, got := b.n(200000), 0, 0
		begin := time.Now()
		for got < total {
			for ; sent < total && sent-got < 64; sent += per {
				if _, err := conn.Write(msg); err != nil {
					return err
				}
			}
			if _, err := conn.Read(back); err != nil {
				return err
			}
			got += per
		}
		v := map[string]float64{"msg_s": float64(got) / time.Since(begin).Seconds()}
		if err := b.report(fmt.Sprintf("UDP, 64 in flight, %d per datagram, 2 processes", per), "", v); err != nil {
			return err
		}
		_ = conn.Close() // it was only measured with
		if err := other.stop(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) dialEcho() (*child, *net.UDPConn, error) {
	other, at, err := b.spawn(echoCommand)
	if err != nil {
		return nil, nil, err
	}
	addr, err := net.ResolveUDPAddr("udp4", at)
	if err != nil {
		return nil, nil, err
	}
	conn, err := net.DialUDP("udp4", nil, addr)
	if err == nil {
		context.AfterFunc(b.ctx, func() { _ = conn.SetDeadline(time.Now()) }) // the other end is gone too
	}
	return other, conn, err
}

// boltSerial is one transaction after the other, in two files by turns: what a message costs that is on its sender's disk before it
// leaves, and on its recipient's before it is acknowledged.
func (b *bench) boltSerial() error {
	for _, files := range []int{1, 2} {
		dbs, err := b.openBolt(files)
		if err != nil {
			return err
		}
		var took latencies
		begin := time.Now()
		for i := range b.n(3000) {
			sent := time.Now()
			for _, db := range dbs {
				if err := putBolt(db, uint64(i), 1); err != nil {
					return err
				}
			}
			took = append(took, time.Since(sent))
		}
		v := took.values()
		v["msg_s"] = float64(len(took)) / time.Since(begin).Seconds()
		if err := b.report(fmt.Sprintf("bbolt, 1 in flight, %d files in turn", files), "fsync each", v); err != nil {
			return err
		}
		if err := closeBolt(dbs); err != nil {
			return err
		}
	}
	return nil
}

// boltGroups is transactions of 64 and 512 records.
func (b *bench) boltGroups() error {
	for _, size := range []int{64, 512} {
		dbs, err := b.openBolt(1)
		if err != nil {
			return err
		}
		total := b.n(100000)
		begin := time.Now()
		for i := 0; i < total; i += size {
			if err := putBolt(dbs[0], uint64(i), size); err != nil {
				return err
			}
		}
		v := map[string]float64{"msg_s": float64(total) / time.Since(begin).Seconds()}
		if err := b.report(fmt.Sprintf("bbolt, groups of %d", size), "fsync per group", v); err != nil {
			return err
		}
		if err := closeBolt(dbs); err != nil {
			return err
		}
	}
	return nil
}

// boltTwoFiles is what 64 messages in flight with history write, by itself: groups of 32 in the sender's file (the text, and the deletion
// of one before it) and in the recipient's, at the same time.
func (b *bench) boltTwoFiles() error {
	dbs, err := b.openBolt(2)
	if err != nil {
		return err
	}
	total := b.n(100000)
	errs := make([]error, len(dbs))
	var wg sync.WaitGroup
	begin := time.Now()
	for f, db := range dbs {
		wg.Go(func() {
			for i := 0; i < total && errs[f] == nil; i += 32 {
				errs[f] = putBolt(db, uint64(i), 32)
			}
		})
	}
	wg.Wait()
	v := map[string]float64{"msg_s": float64(total) / time.Since(begin).Seconds()}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if err := b.report("bbolt, groups of 32 in each of 2 files", "fsync per group", v); err != nil {
		return err
	}
	return closeBolt(dbs)
}

// boltOpen is how long it takes to open a file with a million records of a message's size.
func (b *bench) boltOpen() error {
	dbs, err := b.openBolt(1)
	if err != nil {
		return err
	}
	total := b.n(1000000)
	for i := 0; i < total; i += 10000 {
		if err := putBolt(dbs[0], uint64(i), 10000); err != nil {
			return err
		}
	}
	path := dbs[0].Path()
	if err := closeBolt(dbs); err != nil {
		return err
	}
	begin := time.Now()
	db, err := bbolt.Open(path, 0o600, boltOptions())
	if err != nil {
		return err
	}
	v := map[string]float64{"restart_s": time.Since(begin).Seconds()}
	if err := b.report("bbolt, open 1,000,000 records", "", v); err != nil {
		return err
	}
	return db.Close()
}

var bucket = []byte("mail")

func boltOptions() *bbolt.Options {
	return &bbolt.Options{NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, InitialMmapSize: 1 << 28}
}

func (b *bench) openBolt(n int) (dbs []*bbolt.DB, err error) {
	for range n {
		db, err := bbolt.Open(filepath.Join(b.dir, fmt.Sprintf("limit-%d.db", random())), 0o600, boltOptions())
		if err != nil {
			return nil, err
		}
		err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucketIfNotExists(bucket); return err })
		if err != nil {
			return nil, err
		}
		dbs = append(dbs, db)
	}
	return dbs, nil
}

func closeBolt(dbs []*bbolt.DB) error {
	for _, db := range dbs {
		if err := db.Close(); err != nil {
			return err
		}
	}
	return nil
}

// putBolt writes n records from first on in one transaction.
func putBolt(db *bbolt.DB, first uint64, n int) error {
	return db.Update(func(tx *bbolt.Tx) error {
		records := tx.Bucket(bucket)
		for i := range n {
			key := binary.BigEndian.AppendUint64(make([]byte, 8, 16), first+uint64(i))
			if err := records.Put(key, []byte(text())); err != nil {
				return err
			}
		}
		return nil
	})
}
